import { describe, expect, it } from "vitest";
import { readProbePath } from "./kubernetes-health.js";

describe("readProbePath", () => {
  it.each([
    [`FROM x\nHEALTHCHECK --interval=10s \\\n    CMD ["bun", "-e", "for (const path of ['/api/v1/ready', '/ready']) { fetch(\`http://127.0.0.1:\${process.env.PORT}\${path}\`) }"]\nUSER bun\n`, "/api/v1/ready"],
    ["HEALTHCHECK CMD curl -f http://localhost:3500/healthz || exit 1\n", "/healthz"],
    ["HEALTHCHECK CMD curl -f http://localhost:${PORT}/healthz || exit 1\n", "/healthz"],
    ['HEALTHCHECK CMD ["/bin/wget", "-q", "http://localhost:3500/up"]\n', "/up"],
    ["HEALTHCHECK NONE\nCMD ['/api']\n", undefined],
    ["# HEALTHCHECK CMD curl http://localhost:1/a\nCMD ['/api']\n", undefined],
    ["", undefined],
  ])("reads what %s asks for", (dockerfile, path) => {
    expect(readProbePath(dockerfile)).toBe(path);
  });
});
