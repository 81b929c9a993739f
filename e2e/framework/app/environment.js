import { dirname, join } from "node:path";

/** The paths whose variable is not the path itself; for the framework's other fixed names the two agree. */
const VARIABLES = { "app.host": "HOST_NAME", "app.port": "PORT" };

const ENVIRONMENTS = [
  "local",
  "development",
  "staging",
  "testing",
  "test",
  "qa",
  "uat",
  "integration",
  "preview",
  "demo",
  "sandbox",
  "beta",
  "canary",
  "hotfix",
  "production",
];

const HOST_NAME = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i;

/** Overwrites the process environment with the first env file that exists: the cwd's, else the entrypoint's module's. */
export async function loadEnvironment() {
  for (const folder of [process.cwd(), join(dirname(Bun.main), "..")]) {
    const file = Bun.file(join(folder, ".env.yml"));
    if (await file.exists()) {
      Object.assign(process.env, flatten(Bun.YAML.parse(await file.text()) ?? {}));
      return;
    }
  }
}

/** @throws Error that names the first variable that is missing or wrong */
export function validateEnvironment({ APP_ENV, PORT, HOST_NAME: host }) {
  if (!ENVIRONMENTS.includes(APP_ENV)) {
    throw new Error(`Invalid APP_ENV "${APP_ENV}": set it to one of ${ENVIRONMENTS.join(", ")}`);
  }
  if (!/^\d{1,5}$/.test(PORT ?? "") || Number(PORT) < 1 || Number(PORT) > 65_535) {
    throw new Error(`Invalid PORT "${PORT}": set it to a number between 1 and 65535`);
  }
  if (!HOST_NAME.test(host ?? "")) {
    throw new Error(`Invalid HOST_NAME "${host}": set it to a host name or an IP address`);
  }
}

function flatten(node, path = []) {
  return Object.entries(node).reduce((variables, [key, value]) => {
    const keys = [...path, key];
    if (value === null || value === "") return variables;
    if (typeof value === "object" && !Array.isArray(value)) return { ...variables, ...flatten(value, keys) };
    return { ...variables, [VARIABLES[keys.join(".")] ?? keys.join("_").replaceAll(".", "_").toUpperCase()]: String(value) };
  }, {});
}
