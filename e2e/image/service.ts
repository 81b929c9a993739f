import type { Workspace } from "../workspace/workspace.js";

/** Text that must be in no layer of an image, each in a file where real workspaces keep secrets. */
export const SECRETS: Readonly<Record<string, string>> = {
  "modules/billing/.env.yml": "canary-of-the-service",
  "modules/app/.env.yml": "canary-of-the-app",
  ".env": "canary-of-the-root",
  ".npmrc": "canary-of-npm",
};

/** What bundles depend on beside a workspace's own services. */
const OTHER_MODULES = 12;

/**
 * Gives `billing` of the acme workspace a controller that uses another module, a workspace package and two npm packages,
 * and one that is slow; and the workspace more modules, and secrets.
 */
export async function equip(workspace: Workspace): Promise<void> {
  await workspace.write("modules/billing/src/controllers/QuoteController.ts", QUOTE);
  await workspace.write("modules/billing/src/controllers/SlowController.ts", SLOW);
  const module = "modules/billing/src/BillingModule.ts";
  const imports = ["Quote", "Slow"].map((name) => `import { ${name}Controller } from "./controllers/${name}Controller";\n`);
  const text = (await workspace.read(module)).replace("[HealthController]", "[HealthController, QuoteController, SlowController]");
  await workspace.write(module, imports.join("") + text);
  for (let index = 1; index <= OTHER_MODULES; index++) {
    await workspace.write(`modules/area-${index}/area-${index}.yml`, "type: module\n");
    await workspace.write(`modules/area-${index}/package.json`, `{ "name": "@module/area-${index}", "version": "0.0.1" }\n`);
    await workspace.write(`modules/area-${index}/src/index.ts`, `export const area = ${index};\n`);
  }
  await workspace.run(["bun", "install"]);
  for (const [file, secret] of Object.entries(SECRETS)) {
    const before = workspace.exists(file) ? await workspace.read(file) : "";
    const line = file.endsWith(".yml") ? `secret: ${secret}` : file === ".env" ? `SECRET=${secret}` : `//npm.example/:_authToken=${secret}`;
    await workspace.write(file, `${before}${line}\n`);
  }
}

const QUOTE = `import { format } from "@acme/money";
import { createIdentifier } from "@module/shared/identifiers";
import type { ContextType } from "@ooneex/controller";
import { Route } from "@ooneex/routing";
import { Assert } from "@ooneex/validation";
import ms from "ms";

type QuoteType = { response: { id: string; total: string; validFor: string } };

@Route.get("/quote", {
  name: "billing.quote",
  version: 1,
  description: "A quote",
  response: Assert({ id: "string", total: "string", validFor: "string" }),
  roles: [],
})
export class QuoteController {
  public index(context: ContextType<QuoteType>) {
    return context.response.json({ id: createIdentifier("quote"), total: format(1999, "EUR"), validFor: ms(300_000) });
  }
}
`;

const SLOW = `import type { ContextType } from "@ooneex/controller";
import { Route } from "@ooneex/routing";
import { Assert } from "@ooneex/validation";

type SlowType = { response: { status: string } };

@Route.get("/slow", { name: "billing.slow", version: 1, description: "Slow", response: Assert({ status: "string" }), roles: [] })
export class SlowController {
  public async index(context: ContextType<SlowType>) {
    await Bun.sleep(1500);
    return context.response.json({ status: "done" });
  }
}
`;
