import type { ServiceWorkspace } from "../image/service-workspace.js";

/**
 * Gives the app a controller that calls the service as the guide says, and tells it where both are.
 *
 * @param ports - that the app is to listen on, and that the service is reached at on this machine
 */
export async function equipApp({ workspace, service }: ServiceWorkspace, ports: Readonly<Record<"app" | "service", number>>): Promise<void> {
  const folder = "modules/app";
  await workspace.write(`${folder}/src/controllers/AskController.ts`, controller(`MICROSERVICE_${service.toUpperCase()}_URL`));
  const module = (await workspace.read(`${folder}/src/AppModule.ts`)).replace("HealthController]", "HealthController, AskController]");
  await workspace.write(`${folder}/src/AppModule.ts`, `import { AskController } from "./controllers/AskController";\n${module}`);
  const env = await workspace.read(`${folder}/.env.yml`);
  const address = `http://127.0.0.1:${ports.service}`;
  await workspace.write(`${folder}/.env.yml`, env.replace("port: 3000", `port: ${ports.app}`).replace(/http:\/\/localhost:\d+/, address));
}

const controller = (variable: string): string => `import type { ContextType } from "@ooneex/controller";
import { Route } from "@ooneex/routing";
import { Assert } from "@ooneex/validation";

@Route.get("/ask", { name: "app.ask", version: 1, description: "Asks the service", response: Assert({ host: "string" }), roles: [] })
export class AskController {
  public async index(context: ContextType<{ response: { host: string } }>) {
    const answer = await fetch(\`\${process.env.${variable}}/api/v1/work\`, { signal: AbortSignal.timeout(2_000) });
    const { data } = (await answer.json()) as { data: { host: string } };
    return context.response.json(data);
  }
}
`;
