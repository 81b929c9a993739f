import { describe, expect, it } from "vitest";
import { readDatastore } from "./datastores.js";

describe("a datastore", () => {
  it.each([
    ["DATABASE_URL", "postgres://u:p%40@DB.internal:5432/billing?sslmode=require", "Postgres", "db.internal:5432/billing"],
    ["DATABASE_URL", "mysql://db/billing", "MySQL", "db/billing"],
    ["CACHE_REDIS_URL", "rediss://:secret@cache:6380/3", "Redis", "cache:6380"],
    ["REDIS_URL", "redis://[::1]:6379", "Redis", "[::1]:6379"],
    ["EVENTS", "amqps://u:p@rabbit", "RabbitMQ", "rabbit"],
    ["REPORTS_MONGODB_URI", "mongodb://mongo:27017/reports", "MongoDB", "mongo:27017/reports"],
  ])("is read out of %s=%s", (variable, value, product, place) => {
    expect(readDatastore(variable, value, "billing")).toEqual({ id: `datastore:${product}:${place}`, product, place, owner: undefined });
  });

  it.each([
    ["DATABASE_URL", ""],
    ["REPORTS_DATABASE_URL", "${DATABASE}"],
    ["DATABASE_URL", "sqlite:./billing.db"],
    ["REDIS_URL", "redis://"],
  ])("without a place belongs to its service: %s=%s", (variable, value) => {
    expect(readDatastore(variable, value, "billing")).toMatchObject({ place: undefined, owner: "billing" });
  });

  it.each([
    ["MICROSERVICE_BILLING_URL", "http://localhost:3001"],
    ["PORT", "3001"],
    ["CDN", "https://cdn.example.com"],
  ])("is not %s=%s", (variable, value) => {
    expect(readDatastore(variable, value, "billing")).toBeUndefined();
  });

  it("shows nothing of a user or a password, whatever the address", () => {
    for (const value of ["postgres://top:secret@db/x", "redis://secret@cache", "postgres://top:secret@db/a?password=secret", "mongodb://top:secret@a:1,b:2/x"]) {
      expect(JSON.stringify(readDatastore("DATABASE_URL", value, "billing"))).not.toContain("secret");
    }
  });
});
