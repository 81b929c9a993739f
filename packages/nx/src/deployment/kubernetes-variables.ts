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

/** Words in the names of variables whose values nobody else may read. */
const SECRET = /(?:^|_)(?:API_?KEY|KEY|SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|DSN|SALT|CERT(?:IFICATE)?|WEBHOOK(?:_URL)?)(?:_|$)/;

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
 * Tells settings from secrets by the names of variables. No value of a secret is kept, and neither is one that leads to the
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

/** A datastore's address has a password in it wherever the datastore asks for one. */
function isSecret(variable: string, value: string, owner: string): boolean {
  return SECRET.test(variable) || readDatastore(variable, value, owner) !== undefined || /^[a-z][a-z0-9+.-]*:\/\/[^/@\s]*:[^/@\s]+@/i.test(value);
}
