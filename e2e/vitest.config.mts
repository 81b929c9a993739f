import { defineConfig } from "vitest/config";

export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ["**/*.e2e.spec.ts"],
    globalSetup: "./global-setup.ts",
    // Each worker starts Nx, Bun and image builds, which use what cores there are by themselves.
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 600_000,
    teardownTimeout: 60_000,
  },
});
