import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { isIgnoredByGit } from "../../git-ignore.js";
import { writeWorkspace } from "../../../testing/temporary-workspace.js";
import { ensureGitIgnore } from "./git-ignore-lines.js";

const ENVIRONMENTS = [".env", ".env.yml", "billing.env", "modules/app/.env.yml", "modules/app/.env.production.yml"];
const EXAMPLE = "modules/app/.env.example.yml";

describe(".gitignore of a workspace", () => {
  it.each([undefined, "node_modules\n", ".env.yml", "!.env.example.yml\n", "# mine\r\n.env*.yml\r\n!/modules/*/.env.example.yml\r\n"])("leaves out every environment but the example, after %j", (text) => {
    const after = ensureGitIgnore(text);
    const root = writeWorkspace({ ".gitignore": after });
    execFileSync("git", ["init", "--quiet", root]);
    expect(ENVIRONMENTS.filter((path) => isIgnoredByGit(root, path) !== true)).toEqual([]);
    expect(isIgnoredByGit(root, EXAMPLE)).toBe(false);
    expect(after.startsWith(text ?? "")).toBe(true);
    expect(ensureGitIgnore(after)).toBe(after);
  });

  it("keeps what its owner has decided of the example", () => {
    const after = ensureGitIgnore(".env.example.yml\n");
    expect(after).not.toContain("!");
    expect(ensureGitIgnore(".env.*.yml\n")).not.toContain("!");
  });
});
