import { decorator, type IAppEventStart } from "@ooneex/app";
import type { Server } from "bun";

@decorator.app.event.start()
export class OnAppStart implements IAppEventStart {
  public handle(server: Server<unknown>): void {
    console.log(`the API listens on ${server.port}`);
  }
}
