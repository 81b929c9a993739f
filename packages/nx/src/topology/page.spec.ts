import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { browserSuite } from "../testing/browser.js";
import { makeLargeTopology, makeProcess } from "../testing/topology.js";
import { buildTopology } from "./model.js";
import { escapeJson, PAGE_MARK, renderPage } from "./page.js";

const SERVICES = 50;

describe("the page's text", () => {
  it("is the same for the same topology", () => {
    expect(renderPage(makeLargeTopology(SERVICES))).toBe(renderPage(makeLargeTopology(SERVICES)));
  });

  it("says in its first line whose it is", () => {
    expect(renderPage(makeLargeTopology(1)).split("\n")[0]).toBe(PAGE_MARK);
  });

  it("names no address to load anything from", () => {
    expect(renderPage(makeLargeTopology(3))).not.toMatch(/(?:src|href)="(?!#|data:,)|url\((?!#)|@import/);
  });

  it("holds no user and no password of an address", () => {
    expect(renderPage(makeLargeTopology(SERVICES))).not.toMatch(/secret|user:/);
  });

  it("has JSON that ends no script", () => {
    const text = escapeJson({ name: "</script><!--\u2028&" });
    expect(text).not.toMatch(/[<>&\u2028]/);
    expect(JSON.parse(text)).toEqual({ name: "</script><!--\u2028&" });
  });
});

browserSuite("the page in a browser", (launch) => {
  let browser: Browser;
  let folder: string;
  let page: Page;
  let problems: string[];
  const topology = makeLargeTopology(SERVICES);
  const services = topology.processes.filter(({ kind }) => kind === "microservice").map(({ name }) => name);

  const open = async (text: string, colorScheme: "light" | "dark" = "light"): Promise<void> => {
    const file = join(folder, "topology.html");
    writeFileSync(file, text);
    page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme });
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => void (message.type() === "error" && problems.push(message.text())));
    page.on("request", (request) => void (/^(?:file|data):/.test(request.url()) || problems.push(request.url())));
    await page.goto(pathToFileURL(file).href);
  };
  const node = (name: string) => page.locator(`.node[data-id="process:${name}"]`);
  const focused = (): Promise<string | null> => page.evaluate<string | null>("document.activeElement.dataset.id ?? null");
  /** Where screenshots go that a person wants to see. */
  const shoot = async (name: string, fullPage = false): Promise<Buffer> => {
    const kept = process.env["SCREENSHOTS"];
    return await page.screenshot({ fullPage, ...(kept === undefined ? {} : { path: join(kept, `${name}.png`) }) });
  };

  beforeAll(async () => {
    browser = await launch();
    folder = mkdtempSync(join(tmpdir(), "ooneex-nx-page-"));
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => void (problems = []));
  afterEach(async () => {
    await page.close();
    expect(problems).toEqual([]);
  });

  it("finds every one of fifty services by its name", async () => {
    await open(renderPage(topology));
    expect(services).toHaveLength(SERVICES);
    for (const name of services) {
      await page.fill("#search", name);
      expect(await page.locator(".node.hit").first().getAttribute("data-id")).toBe(`process:${name}`);
      expect(await page.evaluate("(() => { const { top, bottom } = document.querySelector('.node.hit').getBoundingClientRect(); return top >= 0 && bottom <= innerHeight; })()")).toBe(true);
    }
    await page.fill("#search", "3017");
    expect(await page.textContent("#found")).toBe("1 found");
    await page.fill("#search", "nothing like it");
    expect(await page.textContent("#found")).toBe("nothing found");
    expect(await page.locator("tbody tr:visible").count()).toBe(0);
  });

  it("goes from match to match with Enter, and back with Escape", async () => {
    await open(renderPage(topology));
    await page.keyboard.press("/");
    await page.keyboard.type("redis localhost");
    await page.keyboard.press("Enter");
    expect(await page.textContent("#details h2")).toBe("Redis localhost:6379");
    expect(await page.textContent("#found")).toBe("1 of 1");
    await page.keyboard.press("Escape");
    expect(await page.locator(".node.hit").count()).toBe(0);
    await page.keyboard.press("Escape");
    expect(await page.textContent("#details")).toContain("Choose a box");
  });

  it("has no text over another, nor outside of its box", async () => {
    await open(renderPage(topology));
    const overlaps = await page.evaluate<string[]>(`(() => {
      const texts = [...document.querySelectorAll("svg:not(.sheet) text")].map((text) => ({ text: text.textContent, box: text.getBoundingClientRect(), card: text.parentNode.querySelector(":scope > rect")?.getBoundingClientRect() }));
      const found = [];
      for (const [index, a] of texts.entries()) {
        if (a.box.width === 0) found.push("no width: " + a.text);
        if (a.card && (a.box.left < a.card.left || a.box.right > a.card.right || a.box.bottom > a.card.bottom + 1)) found.push("outside: " + a.text);
        for (const b of texts.slice(index + 1)) {
          if (a.box.left < b.box.right && b.box.left < a.box.right && a.box.top < b.box.bottom && b.box.top < a.box.bottom) found.push(a.text + " / " + b.text);
        }
      }
      const cards = [...document.querySelectorAll(".node > rect")].map((rect) => rect.getBoundingClientRect());
      for (const [index, a] of cards.entries()) for (const b of cards.slice(index + 1)) {
        if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) found.push("cards overlap at " + a.left + "," + a.top);
      }
      return found;
    })()`);
    expect(overlaps).toEqual([]);
    expect(await page.locator(".node").count()).toBe(topology.processes.length + topology.datastores.length);
  });

  it("is used by keyboard: tab, arrows, Enter", async () => {
    await open(renderPage(topology));
    await page.focus("#theme");
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("process:app");
    expect(await page.locator(":focus").getAttribute("aria-label")).toMatch(/^API app, Port: 3000, Calls: \d+, Datastores: /);
    await page.keyboard.press("ArrowRight");
    const service = (await focused()) ?? "";
    expect(services).toContain(service.slice("process:".length));
    await page.keyboard.press("ArrowDown");
    expect(await focused()).not.toBe(service);
    await page.keyboard.press("ArrowUp");
    expect(await focused()).toBe(service);
    await page.keyboard.press("Enter");
    expect(await page.locator(`.node[data-id="${service}"]`).getAttribute("aria-pressed")).toBe("true");
    const details = await page.innerText("#details");
    expect(details).toContain(service.slice("process:".length));
    expect(details).toMatch(/Port\s+30\d\d/);
    expect(details).toMatch(/URL variable\s+MICROSERVICE_/);
    expect(details).toMatch(/Called by\s+app/);
    await page.keyboard.press("ArrowLeft");
    expect(await focused()).toBe("process:app");
    await page.keyboard.press("End");
    expect(await focused()).toMatch(/^(?:process|datastore):/);
  });

  it("tells why there is an arrow, and follows it", async () => {
    await open(renderPage(topology));
    await node("app").click();
    expect(await page.locator(".edge.on").count()).toBe(topology.edges.filter(({ from }) => from === "process:app").length);
    expect(await page.innerText("#details")).toContain("modules/app/app.yml");
    await page.locator("#details li button").first().click();
    expect(await page.textContent("#details h2")).toBe(topology.edges.find(({ from }) => from === "process:app")?.to.slice("process:".length));
  });

  it.each(["light", "dark"] as const)("is readable in %s, as the system says", async (scheme) => {
    await open(renderPage(topology), scheme);
    expect(contrast(await colours("body"))).toBeGreaterThan(7);
    expect(contrast(await colours(".keys"))).toBeGreaterThan(4.5);
    expect(luminance((await colours("body"))[1]) > 0.5).toBe(scheme === "light");
    expect((await shoot(scheme)).byteLength).toBeGreaterThan(10_000);
    if (process.env["SCREENSHOTS"] !== undefined) await shoot(`${scheme}-whole`, true);
  });

  it("changes between light and dark by a button, which says what is on", async () => {
    await open(renderPage(topology), "light");
    expect(await page.getAttribute("#theme", "aria-pressed")).toBe("false");
    await page.getByRole("button", { name: "Dark" }).click();
    expect(await page.getAttribute("#theme", "aria-pressed")).toBe("true");
    expect(luminance((await colours("body"))[1])).toBeLessThan(0.1);
    await node("app").click();
    if (process.env["SCREENSHOTS"] !== undefined) await shoot("dark-chosen");
    await page.reload();
    expect(luminance((await colours("body"))[1])).toBeLessThan(0.1);
  });

  it("fits a narrow window without scrolling sideways as a whole", async () => {
    await open(renderPage(topology));
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    if (process.env["SCREENSHOTS"] !== undefined) await shoot("narrow");
  });

  it("prints the drawing on sheets that cut no box, and the table behind them", async () => {
    await open(renderPage(topology));
    await page.emulateMedia({ media: "print" });
    expect(await page.locator("#search").isVisible()).toBe(false);
    expect(await page.locator("tbody tr").count()).toBe(topology.processes.length);
    const cut = await page.evaluate<string[]>(`(() => {
      const edges = [...document.querySelectorAll(".sheet")].flatMap((sheet) => [sheet.viewBox.baseVal.y, sheet.viewBox.baseVal.y + sheet.viewBox.baseVal.height]);
      return [...document.querySelectorAll(".node")].filter((node) => {
        const top = Number(/ (.+)\\)/.exec(node.getAttribute("transform"))[1]);
        return edges.some((edge) => edge > top && edge < top + node.firstElementChild.getBBox().height);
      }).map((node) => node.dataset.id);
    })()`);
    expect(cut).toEqual([]);
    expect(await page.locator(".sheet:visible").count()).toBeGreaterThan(2);
    const pdf = await page.pdf({ format: "A4", landscape: true });
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    expect(pages).toBeGreaterThanOrEqual(2);
    expect(pages).toBeLessThanOrEqual(9);
    if (process.env["SCREENSHOTS"] !== undefined) writeFileSync(join(process.env["SCREENSHOTS"], "page.pdf"), pdf);
  });

  it("shows a name as it is, whatever it holds", async () => {
    const name = `"><script>window.hit = 1</script><img src=x onerror="window.hit = 1">'</text></svg>`;
    const evil = makeProcess("evil", { kind: "missing", urlVariable: "</script><script>window.hit = 1</script>" });
    await open(renderPage(buildTopology({ title: name, processes: [makeProcess("app", { kind: "api" }), { ...evil, name }], calls: [{ from: "app", to: name, variable: "X", file: name }] })));
    await page.locator(".node.missing").click();
    expect(await page.textContent("#details h2")).toBe(name);
    expect(await page.evaluate("window.hit")).toBeUndefined();
    expect(await page.locator("img, svg script").count()).toBe(0);
    expect(await page.title()).toBe(`Topology of ${name}`);
  });

  it("lets nothing run that is not its own", async () => {
    const text = renderPage(makeLargeTopology(1)).replace("</body>", "<script>window.hit = 1</script></body>");
    await open(text);
    expect(await page.evaluate("window.hit")).toBeUndefined();
    expect(problems.splice(0).join()).toMatch(/Content Security Policy/);
  });

  it("is a drawing and a table without services too", async () => {
    await open(renderPage(buildTopology({ title: "empty", processes: [], calls: [] })));
    expect(await page.locator("h1").innerText()).toContain("0 services");
  });

  const colours = (selector: string): Promise<[string, string]> =>
    page.evaluate<[string, string]>(`(() => {
      let element = document.querySelector(${JSON.stringify(selector)});
      const ink = getComputedStyle(element).color;
      while (getComputedStyle(element).backgroundColor === "rgba(0, 0, 0, 0)") element = element.parentElement;
      return [ink, getComputedStyle(element).backgroundColor];
    })()`);
});

/** Relative luminance of an `rgb()` colour, 0 to 1 (WCAG 2.2). */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = (colour.match(/\d+/g) ?? []).map((part) => {
    const value = Number(part) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast([ink, ground]: readonly [string, string]): number {
  const [light, dark] = [luminance(ink), luminance(ground)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}
