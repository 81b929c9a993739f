import { defineConfig } from "vitest/config";

export default defineConfig({
  root: import.meta.dirname,
  test: {
    // The user guide is the package's, what reads it is a tool.
    include: ["src/**/*.spec.ts", "../../tools/docs/**/*.spec.ts"],
    // vitest leaves one core free, which is half of a machine that has two.
    maxWorkers: "100%",
    testTimeout: 30_000,
  },
});
