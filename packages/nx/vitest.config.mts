import { defineConfig } from "vitest/config";

export default defineConfig({
  root: import.meta.dirname,
  test: {
    // The user guide is the package's, what reads it is a tool.
    include: ["src/**/*.spec.ts", "../../tools/docs/**/*.spec.ts"],
    testTimeout: 30_000,
  },
});
