import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { createWorkspace } from "../testing/fake-workspace.js";
import { writeWorkspace } from "../testing/temporary-workspace.js";
import { readRuleWorkspace } from "./doctor/lib/rule-workspace.js";
import { describeIgnored, sortChanges } from "./mended-files.js";

describe("the files of a mend", () => {
  it("are told apart by whether a commit can hold them, and no password is repeated", () => {
    const root = writeWorkspace({ ".gitignore": ".env.yml\n" });
    execFileSync("git", ["init", "--quiet", root]);
    const tree = Object.assign(createWorkspace({ ".env.yml": 'a: 1\nb: 2\nurl: "http://ada:hunter2@localhost:3001"\n' }), { root });
    const edits = new Map([[".env.yml", 'a: 1\nurl: "http://ada:hunter2@localhost:3002"\n'], ["app.yml", "x: 1\n"], [".gone.yml", undefined]]);
    const { committed, ignored } = sortChanges(tree, readRuleWorkspace(tree), { edits });
    expect(committed).toEqual(["app.yml"]);
    expect(describeIgnored(ignored).slice(1)).toEqual([
      expect.stringContaining("No commit holds .env.yml, which git leaves out."),
      "  .env.yml",
      "    - b: 2",
      '    - url: "http://***@localhost:3001"',
      '    + url: "http://***@localhost:3002"',
    ]);
    expect(describeIgnored([])).toEqual([]);
  });
});
