import { describe, expect, it } from "vitest";
import { readLocalIncludes, removeLocalInclude } from "./gitlab-includes.js";

const TWO = "include:\n  - local: .gitlab/ci/legacy.yml # old\n  - local: /.gitlab/ci/billing.yml\n\nstages: [build]\ntest:\n  script: !reference [.setup, script]\n";

describe("the files that a pipeline of GitLab includes", () => {
  it("are read as they lie in the repository, and nothing from elsewhere", () => {
    expect(readLocalIncludes(TWO)).toEqual([".gitlab/ci/legacy.yml", ".gitlab/ci/billing.yml"]);
    expect(readLocalIncludes("include:\n  - template: Jobs/Build.gitlab-ci.yml\n  - local: a.yml\n    rules: []\n")).toEqual([]);
    expect(readLocalIncludes("include: a.yml\n")).toEqual([]);
  });

  it("lose one item, and every other byte stays", () => {
    expect(removeLocalInclude(TWO, ".gitlab/ci/legacy.yml")).toBe(TWO.replace("  - local: .gitlab/ci/legacy.yml # old\n", ""));
    expect(removeLocalInclude(TWO, ".gitlab/ci/other.yml")).toBe(TWO);
  });

  it("go with their list, and with a file that holds nothing else", () => {
    const one = "include:\n  - local: .gitlab/ci/legacy.yml\n";
    expect(removeLocalInclude(one, ".gitlab/ci/legacy.yml")).toBeUndefined();
    expect(removeLocalInclude(`${one}\nstages: [build]\n`, ".gitlab/ci/legacy.yml")?.trimStart()).toBe("stages: [build]\n");
  });

  it("are not guessed at in a file that is not YAML", () => {
    expect(() => readLocalIncludes("include: [")).toThrow(expect.objectContaining({ code: "CI_YML_INVALID" }) as Error);
  });
});
