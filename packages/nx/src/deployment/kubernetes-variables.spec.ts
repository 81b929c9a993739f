import { describe, expect, it } from "vitest";
import { sortVariables } from "./kubernetes-variables.js";

function sort(variable: string, value: string): ReturnType<typeof sortVariables> {
  return sortVariables({ name: "billing", port: 3001, environment: new Map([[variable, value]]), empty: [], urls: new Map() });
}

describe("sortVariables", () => {
  it.each([
    "SMTP_PASS",
    "DB_PWD",
    "STRIPE_SK",
    "AWS_ACCESSKEY",
    "APIKEY",
    "PRIVATE",
    "JWT_PRIVATE_PEM",
    "SIGNING_KEYS",
    "MAIL_SMTPPASSWORD",
    "CLIENTSECRET",
    "GITHUB_AUTHTOKEN",
    "GITHUB_PAT",
    "BACKUP_PASSPHRASE",
    "STRIPE_WEBHOOK_URL",
    "QUEUE_CONNECTION_STRING",
  ])("takes %s for a secret by its name, and keeps no value of it", (variable) => {
    const variables = sort(variable, "value-of-it");
    expect(variables.secrets).toEqual([variable]);
    expect([...variables.settings.values()]).not.toContain("value-of-it");
  });

  it.each([
    "smtps://tok@mail.example.com",
    "https://ada:pw@example.com/path",
    "https://:pw@example.com",
    "http://one.example.com,http://tok@two.example.com",
    "https://example.com/hook?api_key=abc",
    "Server=db;User Id=ada;Password=abc",
  ])("takes %s for a secret, whatever it is called", (value) => {
    expect(sort("UPSTREAM", value).secrets).toEqual(["UPSTREAM"]);
  });

  it.each([
    ["MAIL_FROM", "ada@example.com"],
    ["CDN_URL", "https://cdn.example.com/npm/pkg@1.2.3"],
    ["LOOKUP_URL", "https://example.com/find?mail=ada@example.com"],
    ["COMPASS_MODE", "north"],
    ["PATH_PREFIX", "/api"],
    ["TASK_LIMIT", "5"],
    ["KEYBOARD", "de"],
  ])("keeps %s=%s as a setting", (variable, value) => {
    expect(sort(variable, value).settings.get(variable)).toBe(value);
  });

  it("has a person decide on what leads to the machine that it was written on", () => {
    expect(sort("UPSTREAM", "http://localhost:4000").unset).toEqual(["UPSTREAM"]);
  });
});
