import { type Datastore, readDatastore } from "../topology/datastores.js";
import type { KubernetesVariables } from "./kubernetes-service.js";

/** What a service's variables are told apart by. */
export interface VariableFacts {
  /** Name of the service. */
  readonly name: string;
  readonly port: number;
  /** Variables with what the committed example gives them, and those that only source names, with an empty text. */
  readonly environment: ReadonlyMap<string, string>;
  /** Names that the example has and leaves empty. */
  readonly empty: readonly string[];
  /** Addresses of the services that it calls, by variable. */
  readonly urls: ReadonlyMap<string, string>;
}

/** A variable's name as a container takes it and a shell reads it (POSIX, section 8.1). */
const NAME = /^[A-Z_][A-Z0-9_]*$/;

/** Words that end a part of a variable's name, also with another word before them, as in `DB_CLIENTSECRET`. */
const SECRET_ENDING = /(?:KEY|SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE)S?(?:_|$)/;

/** Words in the names of variables whose values nobody else may read. `PWD` by itself is the shell's folder. */
const SECRET_WORD =
  /(?:^|_)(?:PASS(?:WORD|CODE)?|PSK|SK|PAT|JWT|PRIVATE|PEM|PFX|CREDENTIALS?|CREDS?|DSN|SALT|PEPPER|CERT(?:IFICATE)?|WEBHOOK(?:_URL)?|CONN(?:ECTION)?_?STR(?:ING)?)(?:_|$)|_PWD(?:_|$)/;

/** A user before the host of an address, who may be a token alone, anywhere in a list of addresses (RFC 3986, section 3.2.1). */
const USER_INFO = /[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]*@/i;

/** A secret among the parameters of an address, or in a connection string such as `Server=db;Password=x`. */
const SECRET_PARAMETER = /(?:^|[?&;\s])[\w-]*(?:key|secret|token|password|pwd|sig|signature)\s*=\s*[^&;\s]/i;

const LOOPBACK = /(?:^|[/@,\s])(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\])(?=[:/,\s]|$)/;

const SERVICE_URL = /^MICROSERVICE_[A-Z0-9_]+_URL$/;

/** Default ports of the datastores, as their documentation has them. Ports of the example are those of a developer's machine. */
const PORTS: Readonly<Record<string, number>> = {
  Postgres: 5432,
  MySQL: 3306,
  MariaDB: 3306,
  MongoDB: 27_017,
  Redis: 6379,
  RabbitMQ: 5672,
  NATS: 4222,
  Kafka: 9092,
};

/**
 * Tells settings from secrets by the names of variables, and by values that carry one. No value of a secret is kept, and neither is one that leads to the
 * machine that it was written on.
 */
export function sortVariables({ name, port, environment, empty, urls }: VariableFacts): KubernetesVariables {
  const settings = new Map([
    ["NODE_ENV", "production"],
    ["APP_ENV", "production"],
    ["HOST_NAME", "0.0.0.0"],
    ["PORT", String(port)],
    ...urls,
  ]);
  const unset: string[] = [];
  const secrets: string[] = [];
  const optionalSecrets: string[] = [];
  const sort = (variable: string, value: string, keys: string[]): void => {
    const isKnown = [unset, secrets, optionalSecrets].some((names) => names.includes(variable));
    if (isKnown || settings.has(variable) || SERVICE_URL.test(variable) || !NAME.test(variable)) return;
    if (isSecret(variable, value, name)) keys.push(variable);
    else if (value === "" || LOOPBACK.test(value) || /[\r\n]/.test(value)) unset.push(variable);
    else settings.set(variable, value);
  };
  for (const [variable, value] of environment) sort(variable, value, secrets);
  for (const variable of empty) sort(variable, "", optionalSecrets);
  return { settings, urls, unset: unset.sort(), secrets: secrets.sort(), optionalSecrets: optionalSecrets.sort() };
}

/** Ports that a service's datastores listen on unless somebody moved them, each once, sorted. */
export function listDatastorePorts({ name, environment, empty }: Pick<VariableFacts, "name" | "environment" | "empty">): number[] {
  const stores = [...environment, ...empty.map((variable) => [variable, ""] as const)].flatMap(([variable, value]): Datastore[] => {
    const store = readDatastore(variable, value, name);
    return store === undefined ? [] : [store];
  });
  return [...new Set(stores.flatMap(({ product }) => PORTS[product] ?? []))].sort((a, b) => a - b);
}

/**
 * A datastore's address has a password in it wherever the datastore asks for one. In doubt it is a secret: one that is none
 * costs a line in the Secret, and the other mistake publishes it.
 */
function isSecret(variable: string, value: string, owner: string): boolean {
  const patterns: readonly (readonly [RegExp, string])[] = [
    [SECRET_ENDING, variable],
    [SECRET_WORD, variable],
    [USER_INFO, value],
    [SECRET_PARAMETER, value],
  ];
  return patterns.some(([pattern, text]) => pattern.test(text)) || readDatastore(variable, value, owner) !== undefined;
}
