import { describe, expect, test } from "bun:test";
import { AppModule } from "@module/app/AppModule";
import { HealthController } from "@module/app/controllers/HealthController";

describe("AppModule", () => {
  test("lists the health controller", () => {
    expect(AppModule.controllers).toContain(HealthController);
  });
});
