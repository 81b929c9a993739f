import { expect, it } from "vitest";
import { normalizePlatform } from "./platform.js";

it.each([
  ["linux/amd64", "linux/amd64"],
  ["linux/amd64/v1", "linux/amd64"],
  ["linux/amd64/v3", "linux/amd64/v3"],
  ["linux/x86_64", "linux/amd64"],
  ["Linux/aarch64", "linux/arm64"],
  ["linux/arm64/v8", "linux/arm64"],
  ["linux/arm", "linux/arm/v7"],
  ["linux/arm/v6", "linux/arm/v6"],
  ["arm64", "linux/arm64"],
  ["windows/amd64", "windows/amd64"],
])("%s is %s", (given, normalized) => {
  expect(normalizePlatform(given)).toBe(normalized);
});
