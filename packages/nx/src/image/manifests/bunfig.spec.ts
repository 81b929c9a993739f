import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { hasCredentials, pruneBunfig, readScanner } from "./bunfig.js";

const prune = (text: string) => pruneBunfig(text, { isolates: false, scans: true });
const isolate = (text: string) => pruneBunfig(text, { isolates: true, scans: true });

describe("pruneBunfig", () => {
  it.each([
    ["", ""],
    ["# nothing\n", ""],
    ["[test]\ncoverage = true\n", ""],
    ['preload = ["./setup.ts"]\n', ""],
    ['preload = [\n  "./a.ts", # first\n  "./b.ts",\n]\ntest.preload = ["./c.ts"]\n\n[install]\nexact = true\n', "[install]\nexact = true\n"],
    ['[test]\ncoverage = true\n[test.reporter]\njunit = "x"\n\n[install]\nexact = true\n', "[install]\nexact = true\n"],
    ["[install]\nexact = true\n\n  [ 'test' ]\nroot = 'a'\n", "[install]\nexact = true\n"],
    ["[tests]\na = 1\n", "[tests]\na = 1\n"],
  ])("leaves out what is not for installing and bundling: %j gives %j", (text, pruned) => {
    expect(prune(text)).toBe(pruned);
  });

  it.each([
    'logLevel = "warn"\njsx = "react"\n[define]\n"process.env.preload" = "\'x\'"\n[loader]\n".test" = "text"\n',
    '[install]\nregistry = "https://npm.acme.dev/"\nminimumReleaseAge = 259200\npublicHoistPattern = ["@types/*"]\n[install.cache]\ndisable = false\n',
    "[install.scopes]\n'@acme' = { url = 'https://npm.acme.dev/', token = '$NPM_TOKEN' }\n\"@other\" = \"https://other.dev/\"\n",
    'text = """\n[test]\npreload = 1\n"""\nratio = 1.0\nsize = 0x10\n[[list]]\na = {}\n[[list]]\n',
  ])("keeps the meaning of all else: %j", (text) => {
    const options = { integersAsBigInt: true };
    expect(parse(prune(text), options)).toEqual(parse(text, options));
    expect(parse(isolate(text), options)).toMatchObject(parse(text, options));
  });

  it.each([
    ['[install.scopes]\n"@acme" = { url = "https://npm.acme.dev/", token = "canary" }\n', '[install.scopes."@acme"]\nurl = "https://npm.acme.dev/"\n'],
    ['[install.scopes."@acme"]\nusername = "canary"\npassword = "canary"\nurl = "https://npm.acme.dev/"\n', '[install.scopes."@acme"]\nurl = "https://npm.acme.dev/"\n'],
    ['[install.scopes]\n"@acme" = "https://canary:canary@npm.acme.dev/a@b"\n', '[install.scopes]\n"@acme" = "https://npm.acme.dev/a@b"\n'],
    ['[install]\nregistry = "https://canary@npm.acme.dev"\n', '[install]\nregistry = "https://npm.acme.dev"\n'],
    ['[install]\nregistry = { url = "https://canary:canary@npm.acme.dev/", token = "canary" }\n', '[install.registry]\nurl = "https://npm.acme.dev/"\n'],
    ['[install]\nregistry = { url = "https://npm.acme.dev/", token = 7 }\n', '[install.registry]\nurl = "https://npm.acme.dev/"\n'],
  ])("leaves credentials out: %j gives %j", (text, pruned) => {
    expect(prune(text).replaceAll(/(?<=^\[.*\]\n)\n|^\[install(\.scopes)?\]\n\n/gm, "")).toBe(pruned);
    expect(hasCredentials(text)).toBe(true);
    expect(hasCredentials(prune(text))).toBe(false);
  });

  it.each([
    "",
    "install = 1\n",
    "[install]\nregistry = 1\nscopes = 2\n",
    '[install]\nregistry = "https://$USER:${PASSWORD}@npm.acme.dev/"\n',
    '[install.scopes]\n"@acme" = { url = "https://npm.acme.dev/", token = "$NPM_TOKEN", username = "" }\n"@other" = "https://other.dev/@x"\n',
  ])("finds none in %j", (text) => {
    expect(hasCredentials(text)).toBe(false);
  });

  it("gives the same text for the same settings", () => {
    const pruned = prune('[install]\nexact = true\nregistry = "x"\n');
    expect(prune('\uFEFF# how we install\r\ninstall = { exact = true, registry = \'x\' }\r\n[test]\r\nroot = "a"\r\n')).toBe(pruned);
    expect(prune(pruned)).toBe(pruned);
  });

  it.each([
    ["", '[install]\nlinker = "isolated"\n'],
    ["[install]\nexact = true\n", '[install]\nlinker = "isolated"\nexact = true\n'],
    ["install = {}\n", '[install]\nlinker = "isolated"\n'],
    ["install.exact = true\n", '[install]\nlinker = "isolated"\nexact = true\n'],
    ['[install.scopes]\na = "b"\n', '[install]\nlinker = "isolated"\n\n[install.scopes]\na = "b"\n'],
    ["[install]\n# linker = 'hoisted'\n", '[install]\nlinker = "isolated"\n'],
    ['[install]\nregistry = "https://linker.acme.dev/"\n', '[install]\nlinker = "isolated"\nregistry = "https://linker.acme.dev/"\n'],
    ['[define]\n"process.env.linker" = "1"\n', '[define]\n"process.env.linker" = "1"\n\n[install]\nlinker = "isolated"\n'],
    ['text = """\n[install]\nlinker = "hoisted"\n"""\n', 'text = "[install]\\nlinker = \\"hoisted\\"\\n"\n\n[install]\nlinker = "isolated"\n'],
    ['[install]\nlinker = "hoisted"\n', '[install]\nlinker = "hoisted"\n'],
    ['install.linker = "hoisted"\n', '[install]\nlinker = "hoisted"\n'],
    ["install = 1\n", "install = 1\n"],
  ])("isolates packages where nothing else is set: %j gives %j", (text, isolated) => {
    expect(isolate(text)).toBe(isolated);
  });

  it("names the line that is no TOML", () => {
    expect(() => prune("[install]\nexact = true\n[install]\nexact = false\n")).toThrow(
      expect.objectContaining({
        code: "BUNFIG_INVALID",
        what: "bunfig.toml cannot be read: trying to redefine an already defined table or value",
        where: "bunfig.toml:3",
        remedy: "correct that line, or set prune to false",
      }),
    );
  });
});

describe("a security scanner", () => {
  const SCANNED = '[install]\nexact = true\n\n[install.security]\nscanner = "@acme/scanner"\n';

  it("stays where packages are scanned, and goes where they were scanned before", () => {
    expect(pruneBunfig(SCANNED, { isolates: false, scans: true })).toBe(SCANNED);
    expect(pruneBunfig(SCANNED, { isolates: false, scans: false })).toBe("[install]\nexact = true\n");
    expect(pruneBunfig('[install.security]\nscanner = "a"\n', { isolates: false, scans: false })).toBe("");
    expect(pruneBunfig("install = 1\n", { isolates: false, scans: false })).toBe("install = 1\n");
  });

  it.each([
    [SCANNED, "@acme/scanner"],
    ['install.security.scanner = "scanner"\n', "scanner"],
    ['[install.security]\nscanner = "./scanner.ts"\n', undefined],
    ["[install.security]\nscanner = 1\n", undefined],
    ["[install]\nsecurity = 1\n", undefined],
    ["install = 1\n", undefined],
    ["", undefined],
  ])("is read from %j", (text, scanner) => {
    expect(readScanner(text)).toBe(scanner);
  });
});
