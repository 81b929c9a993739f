(() => {
  "use strict";
  const { nodes } = JSON.parse(document.getElementById("data").textContent);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const boxes = new Map([...document.querySelectorAll(".node")].map((box) => [box.dataset.id, box]));
  const edges = [...document.querySelectorAll(".edge")];
  const rows = [...document.querySelectorAll("tbody tr")];
  const details = document.getElementById("details");
  const empty = [...details.childNodes];
  const search = document.getElementById("search");
  const found = document.getElementById("found");
  const theme = document.getElementById("theme");
  let chosen;
  let hits = [];
  let at = -1;

  const make = (tag, text, ...children) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    element.append(...children);
    return element;
  };

  const go = (id) => {
    const box = boxes.get(id);
    if (box === undefined) return;
    box.focus({ preventScroll: true });
    box.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  const listLinks = (title, links) => {
    if (links.length === 0) return [];
    const items = links.map(({ to, note }) => {
      const button = make("button", byId.get(to).name);
      button.type = "button";
      button.addEventListener("click", () => { choose(to); go(to); });
      return make("li", undefined, button, ...(note === "" ? [] : [make("span", note)]));
    });
    return [make("h3", title), make("ul", undefined, ...items)];
  };

  const paint = () => {
    const near = new Set(chosen === undefined ? [] : [chosen, ...byId.get(chosen).links.map(({ to }) => to)]);
    const matches = new Set(hits);
    const isSearching = search.value.trim() !== "";
    for (const [id, box] of boxes) {
      box.setAttribute("aria-pressed", String(id === chosen));
      box.classList.toggle("hit", isSearching && matches.has(id));
      box.classList.toggle("dim", isSearching ? !matches.has(id) : chosen !== undefined && !near.has(id));
    }
    for (const edge of edges) {
      const isOn = chosen !== undefined && (edge.dataset.from === chosen || edge.dataset.to === chosen);
      edge.classList.toggle("on", isOn);
      edge.classList.toggle("dim", !isOn && (isSearching || chosen !== undefined));
      // What is drawn last lies on top.
      if (isOn) edge.parentNode.append(edge);
    }
    for (const row of rows) row.hidden = isSearching && !matches.has(row.dataset.id);
  };

  const choose = (id) => {
    chosen = id;
    if (id === undefined) details.replaceChildren(...empty);
    else {
      const node = byId.get(id);
      const known = node.rows.filter(([heading]) => !["Calls", "Called by", "Datastores", "Used by"].includes(heading));
      const list = make("dl", undefined, ...known.flatMap(([heading, values]) => [make("dt", heading), make("dd", values.join(", "))]));
      const kinds = { api: "API", microservice: "Service", missing: "Called, but no module", datastore: "Datastore" };
      const isStore = (link) => byId.get(link.to).kind === "datastore";
      const out = node.links.filter((link) => link.out);
      details.replaceChildren(
        make("h2", node.name), make("p", kinds[node.kind]), list,
        ...listLinks("Calls", out.filter((link) => !isStore(link))),
        ...listLinks("Keeps data in", out.filter(isStore)),
        ...listLinks(node.kind === "datastore" ? "Used by" : "Called by", node.links.filter((link) => !link.out)),
      );
      details.scrollTop = 0;
    }
    paint();
  };

  const textOf = (node) => [node.name, ...node.rows.filter(([heading]) => ["Port", "URL variable", "Image", "Digest", "Health", "Product", "Place"].includes(heading)).flat(2)].join(" ").toLowerCase();
  const texts = new Map(nodes.map((node) => [node.id, textOf(node)]));

  const find = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    hits = words.length === 0 ? [] : nodes.filter(({ id }) => words.every((word) => texts.get(id).includes(word))).map(({ id }) => id);
    // A name that is the search, or starts with it, comes first.
    const query = words.join(" ");
    const rank = (id) => { const name = byId.get(id).name; return name === query ? 0 : name.startsWith(query) ? 1 : 2; };
    hits.sort((a, b) => rank(a) - rank(b));
    at = -1;
    found.textContent = words.length === 0 ? "" : hits.length === 0 ? "nothing found" : hits.length + " found";
    if (hits.length > 0) boxes.get(hits[0]).scrollIntoView({ block: "nearest", inline: "nearest" });
    paint();
  };

  /** The box to go to from another: up and down in its column, left and right along an arrow, else to the nearest. */
  const neighbour = (id, key) => {
    const own = byId.get(id);
    const top = (node) => boxes.get(node.id).getBoundingClientRect().top;
    const down = key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0;
    if (down !== 0) {
      const column = nodes.filter(({ column }) => column === own.column).sort((a, b) => top(a) - top(b));
      return column[column.indexOf(own) + down];
    }
    const side = key === "ArrowRight" ? 1 : -1;
    const others = nodes.filter(({ column }) => (column - own.column) * side > 0);
    const linked = others.filter((node) => own.links.some(({ to }) => to === node.id));
    const distance = (node) => Math.abs(node.column - own.column) * 1e6 + Math.abs(top(node) - top(own));
    return (linked.length > 0 ? linked : others).sort((a, b) => distance(a) - distance(b))[0];
  };

  for (const [id, box] of boxes) {
    box.addEventListener("click", () => choose(chosen === id ? undefined : id));
    box.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key === "Enter" || event.key === " ") choose(chosen === id ? undefined : id);
      else if (event.key.startsWith("Arrow")) {
        const next = neighbour(id, event.key);
        if (next !== undefined) go(next.id);
      } else if (event.key === "Home") go(nodes[0].id);
      else if (event.key === "End") go(nodes[nodes.length - 1].id);
      else return;
      event.preventDefault();
    });
  }

  search.addEventListener("input", find);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && hits.length > 0) {
      at = (at + (event.shiftKey ? hits.length - 1 : 1)) % hits.length;
      choose(hits[at]);
      boxes.get(hits[at]).scrollIntoView({ block: "nearest", inline: "nearest" });
      found.textContent = at + 1 + " of " + hits.length;
    } else if (event.key === "ArrowDown" && hits.length > 0) { go(hits[Math.max(at, 0)]); event.preventDefault(); }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (search.value !== "") { search.value = ""; find(); } else choose(undefined);
    } else if (event.key === "/" && document.activeElement !== search) { search.focus(); search.select(); event.preventDefault(); }
  });

  const isDark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const showTheme = () => theme.setAttribute("aria-pressed", String(isDark()));
  // A page from a file may have no storage.
  const store = (read) => { try { return read(localStorage); } catch { return undefined; } };
  const saved = store((storage) => storage.getItem("topology-theme"));
  if (saved === "dark" || saved === "light") document.documentElement.dataset.theme = saved;
  theme.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    store((storage) => storage.setItem("topology-theme", document.documentElement.dataset.theme));
    showTheme();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showTheme);
  showTheme();
})();
