import type { ServiceWorkspace } from "../image/service-workspace.js";

/** Gives the service a controller that takes a moment, and one that reads what it is sent; both say which container answers. */
export async function equipService({ workspace, service }: ServiceWorkspace): Promise<void> {
  const folder = `modules/${service}/src`;
  await workspace.write(`${folder}/controllers/LoadControllers.ts`, controllers(service));
  const module = `${folder}/${service[0]?.toUpperCase()}${service.slice(1)}Module.ts`;
  const text = (await workspace.read(module)).replace("[HealthController]", "[HealthController, WorkController, SinkController]");
  await workspace.write(module, `import { SinkController, WorkController } from "./controllers/LoadControllers";\n${text}`);
}

const controllers = (service: string): string => `import { hostname } from "node:os";
import type { ContextType } from "@ooneex/controller";
import { Route } from "@ooneex/routing";
import { Assert } from "@ooneex/validation";

type HostType = { response: { host: string } };

@Route.get("/work", { name: "${service}.work", version: 1, description: "Takes a moment", response: Assert({ host: "string" }), roles: [] })
export class WorkController {
  public async index(context: ContextType<HostType>) {
    await Bun.sleep(20);
    return context.response.json({ host: hostname() });
  }
}

@Route.post("/sink", { name: "${service}.sink", version: 1, description: "Reads a body", response: Assert({ host: "string" }), roles: [] })
export class SinkController {
  public async index(context: ContextType<HostType>) {
    await context.request.text();
    return context.response.json({ host: hostname() });
  }
}
`;
