import js from "@eslint/js";
import nx from "@nx/eslint-plugin";
import * as jsonc from "jsonc-eslint-parser";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["**/dist/**", "**/node_modules/**", "**/tmp/**", "**/files/**", "**/fixtures/**", "e2e/framework/**", ".nx/**"] },
  { plugins: { "@nx": nx } },
  {
    files: ["**/*.ts", "**/*.mts", "**/*.mjs"],
    extends: [js.configs.recommended, ...tseslint.configs.recommendedTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ["eslint.config.mjs"] }, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      // Keys that come from outside are read by name, and `noUncheckedIndexedAccess` guards them.
      "@typescript-eslint/dot-notation": "off",
      // `as T` after a check says which type it is, where `!` only says that it is there.
      "@typescript-eslint/non-nullable-type-assertion-style": "off",
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "no-console": "error",
    },
  },
  {
    // What a person runs by hand talks to a person.
    files: ["tools/**/*.ts", "e2e/**/*.ts"],
    rules: { "no-console": "off" },
  },
  {
    files: ["**/*.spec.ts"],
    rules: { "max-lines": "off", "@typescript-eslint/no-unsafe-assignment": "off" },
  },
  {
    // Who may know whom: see CONTRIBUTING.md.
    files: ["packages/nx/src/{workspace,image,deployment,topology}/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: ["**/graph/**", "**/generators/**", "**/executors/**"], message: "The domains know nothing above them." }] },
      ],
    },
  },
  {
    files: ["packages/nx/src/**/*.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        { selector: "MemberExpression[object.name='process'][property.name='cwd']", message: "Paths are relative to the workspace root." },
      ],
    },
  },
  {
    files: ["packages/nx/package.json", "packages/nx/generators.json", "packages/nx/executors.json", "packages/nx/migrations.json"],
    languageOptions: { parser: jsonc },
    rules: { "@nx/nx-plugin-checks": "error" },
  },
  {
    files: ["packages/nx/package.json"],
    languageOptions: { parser: jsonc },
    rules: {
      "@nx/dependency-checks": [
        "error",
        {
          ignoredFiles: ["{projectRoot}/vitest.config.mts", "{projectRoot}/src/**/*.spec.ts", "{projectRoot}/src/testing/**/*"],
          // Nothing imports nx itself, and nothing works without it; of the workspace's TypeScript only the version is read.
          ignoredDependencies: ["nx", "typescript"],
        },
      ],
    },
  },
);
