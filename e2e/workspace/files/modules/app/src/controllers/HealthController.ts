import type { ContextType } from "@ooneex/controller";
import { Route } from "@ooneex/routing";
import { Assert } from "@ooneex/validation";
import pc from "picocolors";

type HealthRoute = { response: { status: string } };

@Route.get("/healthcheck", {
  name: "app.health.check",
  version: 1,
  description: "Says that the API is up",
  response: Assert({ status: "string" }),
  roles: [],
})
export class HealthController {
  public index(context: ContextType<HealthRoute>) {
    console.log(pc.dim("healthcheck"));
    return context.response.json({ status: "ok" });
  }
}
