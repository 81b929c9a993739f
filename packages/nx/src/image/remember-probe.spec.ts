import { expect, it } from "vitest";
import { rememberProbe } from "./remember-probe.js";

it("asks each question once, and questions that differ each", async () => {
  const asked: string[] = [];
  const probe = rememberProbe((argv) => {
    asked.push(argv.join(" "));
    return Promise.resolve({ code: 0, stdout: `${asked.length}`, stderr: "" });
  });
  const answers = await Promise.all([probe(["docker", "version"]), probe(["docker", "version"]), probe(["docker", "info"])]);
  expect(answers.map(({ stdout }) => stdout)).toEqual(["1", "1", "2"]);
  expect(asked).toEqual(["docker version", "docker info"]);
});
