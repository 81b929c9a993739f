import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync, readFileSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { it, expect } from "vitest";
import { createRandom } from "../testing/random.js";
import { isIgnored, readIgnorePatterns } from "./docker-ignore-patterns.js";
import { ensureDockerIgnore } from "./docker-ignore.js";
const PATHS = [".env",".env.yml",".npmrc","a.pem","a.b","axb","bx","dx","README.md","package.json","node_modules/x/i.js","modules/a/node_modules/x/p.json","modules/a/.env.yml","modules/a/.env.example.yml","modules/a/dist/i.js","modules/a/dist/keep/k.js","modules/a/src/i.ts","modules/b/src/deep/er/c.pem","modules/b/.npmrc","a/c","a/b/c","a/b/b/c","a+(b)",".git/HEAD","home/.ssh/config","x.env","b/xa"];
const PATTERNS = ["*","**","!modules","!modules/**","**/.env*","**/.env.*","!**/*.yml","node_modules","**/node_modules","/node_modules/","./a//b/../c","**.pem","**/*.pem","*.pem","a/**/c","a/**","!a/b","[a-c]x","[^a-c]x","a?b","a.b","a+(b)","**/a","! /modules/a/dist ","!**/dist/keep","**/dist","*/*/dist","!*.json","!.npmrc","**/.npmrc","modules/*","!modules/a","**/b/**","!**/src","# c","**x","*.md","!README.md"];
it("agrees with BuildKit", () => {
  const { pick, below } = createRandom(Number(process.env.SEED ?? 1));
  for (let n = 0; n < 60; n++) {
    const base = Array.from({length: 1+below(6)}, () => pick(PATTERNS)).join("\n");
    const text = n % 3 === 0 ? ensureDockerIgnore(base) : base;
    if (n%3===0) expect(ensureDockerIgnore(text)).toBe(text);
    const dir = "/tmp/ign/ctx"; rmSync("/tmp/ign/ctx",{recursive:true,force:true}); rmSync("/tmp/ign/out",{recursive:true,force:true});
    for (const p of PATHS) { mkdirSync(dirname(join(dir,p)),{recursive:true}); writeFileSync(join(dir,p),"x"); }
    writeFileSync("/tmp/ign/ctx/.dockerignore", text);
    writeFileSync("/tmp/ign/Dockerfile", "FROM scratch\nCOPY . /\n");
    execFileSync("docker", ["build","-q","-o","/tmp/ign/out","-f","/tmp/ign/Dockerfile",dir],{stdio:"pipe"});
    for (const p of PATHS) expect(`${p} ${!existsSync(join("/tmp/ign/out",p))}`, JSON.stringify(text)).toBe(`${p} ${isIgnored(readIgnorePatterns(text),p)}`);
  }
}, 600000);
