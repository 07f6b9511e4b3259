"use strict";
(() => {
  const DATA = JSON.parse(document.getElementById("data").textContent);
  const SVG = "http://www.w3.org/2000/svg";
  const HEIGHT = 42, GAP = 16, COLUMN_GAP = 56, DUMMY = 10;
  const NAME_FONT = "600 12.5px", KIND_FONT = "600 9.5px";
  const STATES = { found: "among the manifests", generated: "made by something that is", missing: "missing", unknown: "may be elsewhere" };
  const $ = (id) => document.getElementById(id);

  const nodes = new Map(DATA.nodes.map((node, order) => [node.id, { ...node, order, out: [], into: [] }]));
  const edges = DATA.edges;
  for (const edge of edges) {
    nodes.get(edge.source).out.push(edge);
    nodes.get(edge.target).into.push(edge);
  }
  const namespaces = new Set(DATA.nodes.map((node) => node.namespace));
  const severalNamespaces = [...namespaces].filter(Boolean).length > 1;

  // Not Math.min(...list): a large graph has more points than a function takes arguments.
  const least = (list, of) => list.reduce((found, one) => Math.min(found, of(one)), Infinity);
  const most = (list, of) => list.reduce((found, one) => Math.max(found, of(one)), -Infinity);
  const short = (text, room) => (text.length > room ? `${text.slice(0, room - 1)}…` : text);

  function element(parent, name, attributes = {}, text) {
    const made = parent.namespaceURI === SVG ? document.createElementNS(SVG, name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  }

  // ------------------------------------------------------------------------------------------------ filters

  const off = { kind: new Set(), namespace: new Set(), type: new Set(), state: new Set() };
  const view = { alone: true, focus: null, depth: 1, selected: null };

  function counted(values) {
    const counts = new Map();
    for (const value of values) counts.set(value, (counts.get(value) || 0) + 1);
    return counts;
  }

  function filterGroup(title, key, counts, { label, mark }) {
    if (counts.size < 1) return;
    const box = element($("filters"), "fieldset", { "data-filter": key });
    element(box, "legend");
    const head = element(box, "div", { class: "group" });
    element(head, "b", {}, title);
    const switches = [];
    for (const [word, on] of [["all", true], ["none", false]]) {
      element(head, "button", { type: "button" }, word).onclick = () => {
        for (const [input, value] of switches) {
          input.checked = on;
          on ? off[key].delete(value) : off[key].add(value);
        }
        draw();
      };
    }
    for (const [value, count] of counts) {
      const row = element(box, "label", { title: label(value).hint || "" });
      const input = element(row, "input", { type: "checkbox", value });
      input.checked = true;
      input.onchange = () => {
        input.checked ? off[key].delete(value) : off[key].add(value);
        draw();
      };
      switches.push([input, value]);
      mark(row, value);
      element(row, "span", {}, label(value).text);
      element(row, "small", {}, count);
    }
  }

  function buildFilters() {
    const category = new Map(DATA.nodes.map((node) => [node.kind, node.category]));
    const order = ["workload", "network", "config", "storage", "access", "policy", "custom", "other"];
    const byCategory = ([left], [right]) =>
      order.indexOf(category.get(left)) - order.indexOf(category.get(right)) || (left < right ? -1 : 1);
    const states = counted(DATA.nodes.map((node) => node.state));
    const types = counted(edges.map((edge) => edge.type));
    const stateMark = { found: "--text", generated: "--faint", missing: "--missing", unknown: "--unknown" };
    filterGroup("Edges", "type", new Map(Object.keys(DATA.types).filter((type) => types.has(type)).map((type) => [type, types.get(type)])), {
      label: (value) => ({ text: value, hint: DATA.types[value] }),
      mark: (row, value) => element(row, "i", { class: "stroke", style: `--c: var(--${value})` }),
    });
    filterGroup("Kinds", "kind", new Map([...counted(DATA.nodes.map((node) => node.kind))].sort(byCategory)), {
      label: (value) => ({ text: value }),
      mark: (row, value) => element(row, "i", { style: `--c: var(--${category.get(value)})` }),
    });
    if (states.size > 1) {
      filterGroup("References", "state", new Map(Object.keys(STATES).filter((state) => states.has(state)).map((state) => [state, states.get(state)])), {
        label: (value) => ({ text: value, hint: STATES[value] }),
        mark: (row, value) => element(row, "i", { class: value === "found" ? "" : "box", style: `--c: var(${stateMark[value]})` }),
      });
    }
    if (namespaces.size > 1) {
      filterGroup("Namespaces", "namespace", new Map([...counted(DATA.nodes.map((node) => node.namespace))].sort()), {
        label: (value) => (value ? { text: value } : { text: "(none)", hint: "the cluster's, or left open by the manifest" }),
        mark: () => {},
      });
    }
    const lonely = DATA.nodes.filter((node) => !nodes.get(node.id).out.length && !nodes.get(node.id).into.length).length;
    if (lonely) {
      const box = element($("filters"), "fieldset");
      const row = element(box, "label");
      const input = element(row, "input", { type: "checkbox", id: "alone" });
      input.checked = true;
      input.onchange = () => { view.alone = input.checked; draw(); };
      element(row, "span", {}, "Objects without edges");
      element(row, "small", {}, lonely);
    }
  }

  function shown() {
    let chosen = [...nodes.values()].filter(
      (node) => !off.kind.has(node.kind) && !off.namespace.has(node.namespace) && !off.state.has(node.state));
    let ids = new Set(chosen.map((node) => node.id));
    const alive = (edge) => !off.type.has(edge.type) && ids.has(edge.source) && ids.has(edge.target);
    if (view.focus && ids.has(view.focus)) {
      const reached = new Set([view.focus]);
      let border = [view.focus];
      for (let step = 0; step < view.depth; step++) {
        const next = [];
        for (const id of border) {
          const node = nodes.get(id);
          for (const edge of [...node.out, ...node.into]) {
            if (!alive(edge)) continue;
            const other = edge.source === id ? edge.target : edge.source;
            if (!reached.has(other)) { reached.add(other); next.push(other); }
          }
        }
        border = next;
      }
      ids = reached;
    }
    const visible = edges.filter(alive);
    if (!view.alone) {
      const joined = new Set(visible.flatMap((edge) => [edge.source, edge.target]));
      ids = new Set([...ids].filter((id) => joined.has(id)));
    }
    return { list: [...nodes.values()].filter((node) => ids.has(node.id)), edges: visible.filter((edge) => ids.has(edge.source) && ids.has(edge.target)) };
  }

  // ------------------------------------------------------------------------------------------------ groups
  // Of many objects those that belong together are one card, until it is opened: a namespace, in it a folder, in that a kind.

  const MANY = 200;
  const folderOf = (path) => path.split("/").slice(0, -1).join("/");
  const folders = new Map();
  for (const node of nodes.values()) {
    // What is written nowhere belongs to the only folder that it is named in, if there is one.
    const named = node.path ? [node.path] : [...node.into, ...node.out].flatMap((edge) => edge.places.map((place) => place.path));
    const found = new Set(named.map(folderOf));
    folders.set(node.id, found.size === 1 ? [...found][0] : null);
  }
  const LEVELS = {
    namespace: { of: (node) => node.namespace, title: (value) => value || "(no namespace)" },
    folder: { of: (node) => folders.get(node.id), title: (value) => value || "(top folder)" },
    kind: { of: (node) => node.kind, title: (value) => value },
  };
  const LEVEL_NAMES = Object.keys(LEVELS);
  const grouping = { by: new Set(), open: new Set(), groups: new Map(), as: new Map() };
  const get = (id) => nodes.get(id) || grouping.groups.get(id);

  function chooseGrouping() {
    if (nodes.size <= MANY) return;
    if (namespaces.size > 1) grouping.by.add("namespace");
    if (new Set(folders.values()).size > 1) grouping.by.add("folder");
    if (!grouping.by.size) grouping.by.add("kind");
  }

  function chainOf(node) {
    // From the widest group of a node to the narrowest.
    const keys = [];
    let key = "group";
    for (const level of LEVEL_NAMES) {
      if (!grouping.by.has(level)) continue;
      const value = LEVELS[level].of(node);
      if (value === null) continue;
      key += `\n${level} ${value}`;
      keys.push([key, level, value]);
    }
    return keys;
  }

  function titleOf(level, value, beside) {
    // A folder without what all folders beside it begin with.
    if (level !== "folder" || !value) return LEVELS[level].title(value);
    const parts = [...new Set(beside.map((node) => folders.get(node.id)))].filter((path) => path !== null).map((path) => path.split("/"));
    const own = value.split("/");
    let shared = 0;
    while (shared < own.length - 1 && parts.every((other) => other[shared] === own[shared])) shared++;
    return own.slice(shared).join("/");
  }

  function collapse(list, visible) {
    grouping.groups.clear();
    grouping.as.clear();
    if (!grouping.by.size || view.focus) return { list, edges: visible };
    const chains = new Map(list.map((node) => [node.id, chainOf(node)]));
    const members = new Map();
    for (const node of list) {
      for (const [key] of chains.get(node.id)) members.has(key) ? members.get(key).push(node) : members.set(key, [node]);
    }
    const result = [];
    for (const node of list) {
      // A group of one or two is these; a group of all is none.
      const size = (key) => members.get(key).length;
      const place = chains.get(node.id).findIndex(([key]) => !grouping.open.has(key) && size(key) > 2 && size(key) < list.length);
      if (place < 0) { result.push(node); continue; }
      const [key, level, value] = chains.get(node.id)[place];
      grouping.as.set(node.id, key);
      if (grouping.groups.has(key)) continue;
      const inside = members.get(key);
      const missing = inside.filter((one) => one.state === "missing").length;
      const made = {
        id: key, level, members: inside, missing, kind: level, title: titleOf(level, value, place ? members.get(chains.get(node.id)[place - 1][0]) : list), namespace: "", group: "", path: null,
        state: "found", category: "group", order: node.order, out: [], into: [],
      };
      grouping.groups.set(key, made);
      result.push(made);
    }
    const mapped = [];
    for (const edge of visible) {
      const source = grouping.as.get(edge.source) || edge.source, target = grouping.as.get(edge.target) || edge.target;
      if (source === edge.source && target === edge.target) mapped.push(edge);
      else if (source !== target) mapped.push({ ...edge, source, target, of: edge });
    }
    return { list: result, edges: mapped };
  }

  function buildGroups() {
    const box = element($("filters"), "fieldset", { id: "grouping" });
    element(box, "legend");
    element(element(box, "div", { class: "group" }), "b", {}, "Group by");
    for (const level of LEVEL_NAMES) {
      const row = element(box, "label");
      const input = element(row, "input", { type: "checkbox", value: level });
      input.checked = grouping.by.has(level);
      input.onchange = () => {
        input.checked ? grouping.by.add(level) : grouping.by.delete(level);
        grouping.open.clear();
        draw();
      };
      element(row, "span", {}, level);
    }
  }

  function showOpen() {
    // What is open, to be closed again.
    $("open").replaceChildren();
    for (const key of [...grouping.open].sort()) {
      const words = key.split("\n").slice(1).map((part) => part.split(" "));
      const text = words.map(([level, ...rest]) => LEVELS[level].title(rest.join(" "))).join(" / ");
      const chip = element($("open"), "button", { type: "button", title: "Close this group" }, `${short(text, 60)} ×`);
      chip.onclick = () => {
        for (const other of [...grouping.open]) if (other === key || other.startsWith(`${key}\n`)) grouping.open.delete(other);
        draw();
      };
    }
  }

  function openGroup(key) {
    grouping.open.add(key);
    view.selected = null;
    draw();
    select(null);
  }

  function reveal(id) {
    // Opens all that an object is in.
    if (!cards.has(id) && grouping.as.has(id)) {
      for (const [key] of chainOf(nodes.get(id))) grouping.open.add(key);
      draw({ fit: false });
    }
    if (cards.has(id)) select(id, true);
  }

  // ------------------------------------------------------------------------------------------------ layout
  // Layers from left to right (Sugiyama): cycles are cut, nodes get a layer, edges over several layers get a point in each, the order within a layer
  // follows the neighbours', and places are the nearest to the neighbours' that keep the order. All of it in the order of the data: no chance in it.

  const ruler = document.createElement("canvas").getContext("2d");
  const measures = new Map();
  function measure(text, font) {
    const key = font + text;
    if (!measures.has(key)) {
      ruler.font = `${font} ${getComputedStyle(document.body).fontFamily}`;
      measures.set(key, ruler.measureText(text).width);
    }
    return measures.get(key);
  }
  const width = (node) =>
    Math.round(Math.max(96, measure(short(node.title, 34), NAME_FONT), measure(short(caption(node), 44), KIND_FONT) + 4) + 30);
  const caption = (node) => {
    if (node.members) return `${node.level} · ${node.members.length} objects${node.missing ? ` · ${node.missing} missing` : ""}`;
    const where = severalNamespaces && node.namespace ? ` · ${node.namespace}` : "";
    const state = node.state === "missing" || node.state === "unknown" ? ` · ${node.state}` : "";
    return node.kind + where + state;
  };

  function components(list, drawn) {
    const near = new Map(list.map((node) => [node.id, []]));
    for (const edge of drawn) { near.get(edge.source).push(edge.target); near.get(edge.target).push(edge.source); }
    const seen = new Set(), found = [], alone = [];
    for (const node of list) {
      if (seen.has(node.id)) continue;
      const part = [];
      const stack = [node.id];
      seen.add(node.id);
      while (stack.length) {
        const id = stack.pop();
        part.push(id);
        for (const other of near.get(id)) if (!seen.has(other)) { seen.add(other); stack.push(other); }
      }
      part.length > 1 ? found.push(part) : alone.push(node);
    }
    return { found, alone };
  }

  function layer(ids, links) {
    // Depth first, without recursion: what leads back to a node on the way there is turned around.
    const out = new Map(ids.map((id) => [id, []]));
    const degree = new Map(ids.map((id) => [id, 0]));
    for (const link of links) { out.get(link.from).push(link); degree.set(link.to, degree.get(link.to) + 1); }
    const color = new Map();
    const starts = [...ids].sort((left, right) => degree.get(left) - degree.get(right) || get(left).order - get(right).order);
    for (const start of starts) {
      if (color.has(start)) continue;
      const stack = [[start, 0]];
      color.set(start, 1);
      while (stack.length) {
        const top = stack[stack.length - 1];
        const link = out.get(top[0])[top[1]++];
        if (!link) { color.set(top[0], 2); stack.pop(); continue; }
        const state = color.get(link.to);
        if (state === 1) link.turned = true;
        else if (!state) { color.set(link.to, 1); stack.push([link.to, 0]); }
      }
    }
    const after = new Map(ids.map((id) => [id, []])), before = new Map(ids.map((id) => [id, []]));
    for (const link of links) {
      const [from, to] = link.turned ? [link.to, link.from] : [link.from, link.to];
      after.get(from).push(to);
      before.get(to).push(from);
    }
    const left = new Map(ids.map((id) => [id, before.get(id).length]));
    const sorted = ids.filter((id) => !left.get(id));
    const at = new Map(ids.map((id) => [id, 0]));
    for (let index = 0; index < sorted.length; index++) {
      for (const to of after.get(sorted[index])) {
        at.set(to, Math.max(at.get(to), at.get(sorted[index]) + 1));
        left.set(to, left.get(to) - 1);
        if (!left.get(to)) sorted.push(to);
      }
    }
    // What would be far from all it leads to moves up to it.
    for (const id of sorted.reverse()) {
      const next = after.get(id);
      if (next.length > before.get(id).length) at.set(id, Math.max(at.get(id), least(next, (to) => at.get(to)) - 1));
    }
    const first = least([...at.values()], (value) => value);
    for (const [id, value] of at) at.set(id, value - first);
    return at;
  }

  function arrange(ids, links) {
    const at = layer(ids, links);
    const layers = [];
    const cell = new Map();
    const put = (made) => { (layers[made.layer] ||= []).push(made); return made; };
    for (const id of [...ids].sort((left, right) => get(left).order - get(right).order)) {
      cell.set(id, put({ id, layer: at.get(id), height: HEIGHT, width: width(get(id)), up: [], down: [] }));
    }
    for (const link of links) {
      const [from, to] = link.turned ? [link.to, link.from] : [link.from, link.to];
      let last = cell.get(from);
      link.chain = [last];
      for (let step = last.layer + 1; step <= at.get(to); step++) {
        const next = step === at.get(to) ? cell.get(to) : put({ layer: step, height: DUMMY, width: 0, up: [], down: [] });
        last.down.push(next);
        next.up.push(last);
        link.chain.push(next);
        last = next;
      }
    }
    for (let index = 0; index < layers.length; index++) layers[index] ||= [];
    // Breadth first, so that what belongs together begins together.
    const seen = new Set();
    const order = layers.map(() => []);
    for (const start of layers.flat()) {
      const queue = [start];
      for (let index = 0; index < queue.length; index++) {
        const made = queue[index];
        if (seen.has(made)) continue;
        seen.add(made);
        order[made.layer].push(made);
        queue.push(...made.down, ...made.up);
      }
    }
    layers.forEach((_, index) => { layers[index] = order[index]; });
    const number = () => layers.forEach((row) => row.forEach((made, position) => { made.position = position; }));
    number();
    const middle = (made, side) => {
      const others = made[side];
      if (!others.length) return made.position;
      const places = others.map((other) => other.position).sort((left, right) => left - right);
      const half = places.length >> 1;
      return places.length % 2 ? places[half] : (places[half - 1] + places[half]) / 2;
    };
    const size = layers.reduce((sum, row) => sum + row.length, 0);
    let best = null, fewest = Infinity;
    const sweeps = size > 4000 ? 4 : size > 1500 ? 8 : 24;
    for (let sweep = 0; sweep < sweeps; sweep++) {
      const side = sweep % 2 ? "down" : "up";
      const rows = sweep % 2 ? [...layers.keys()].reverse() : [...layers.keys()];
      for (const index of rows) {
        const keyed = layers[index].map((made) => [middle(made, side), made]);
        keyed.sort((left, right) => left[0] - right[0] || left[1].position - right[1].position);
        layers[index] = keyed.map(([, made]) => made);
        layers[index].forEach((made, position) => { made.position = position; });
      }
      const crossings = crossed(layers);
      if (crossings < fewest) { fewest = crossings; best = layers.map((row) => [...row]); }
      if (!crossings) break;
    }
    best.forEach((row, index) => { layers[index] = row; });
    number();
    place(layers);
    let x = 0;
    for (const row of layers) {
      const wide = Math.max(40, most(row, (made) => made.width));
      // Cards of a column are as wide as the widest, as long as that is no odd one out.
      const common = Math.min(wide, 210);
      for (const made of row) { if (made.id) made.width = Math.max(made.width, common); made.x = x; made.wide = wide; made.left = x; }
      x += wide + COLUMN_GAP;
    }
    const all = layers.flat();
    const top = least(all, (made) => made.y - made.height / 2);
    for (const made of all) made.y -= top;
    return { cells: all, links, width: x - COLUMN_GAP, height: most(all, (made) => made.y + made.height / 2) };
  }

  function crossed(layers) {
    let total = 0;
    for (const row of layers) {
      const ends = row.flatMap((made) => made.down.map((other) => other.position).sort((left, right) => left - right));
      // Inversions, counted in a binary indexed tree.
      const size = Math.max(0, most(ends, (end) => end)) + 1;
      const tree = new Uint32Array(size + 1);
      for (let index = ends.length - 1; index >= 0; index--) {
        for (let at = ends[index]; at > 0; at -= at & -at) total += tree[at];
        for (let at = ends[index] + 1; at <= size; at += at & -at) tree[at]++;
      }
    }
    return total;
  }

  function place(layers) {
    for (const row of layers) {
      let y = 0;
      for (const made of row) { made.y = y + made.height / 2; y += made.height + GAP; }
      const middle = y / 2;
      for (const made of row) made.y -= middle;
    }
    const mean = (list) => list.reduce((sum, made) => sum + made.y, 0) / list.length;
    for (let pass = 0; pass < 16; pass++) {
      const rows = pass % 2 ? [...layers].reverse() : layers;
      for (const row of rows) {
        // The nearest places to those wanted that keep the order and the gaps: neighbours that would overlap become one block.
        const blocks = [];
        for (const made of row) {
          const both = pass > 11;
          const others = both ? [...made.up, ...made.down] : pass % 2 ? made.down : made.up;
          const wanted = others.length ? mean(others) : made.y;
          const weight = made.id ? 1 : 2;
          let block = { members: [made], weight, sum: weight * wanted, size: made.height + GAP };
          block.sum -= weight * (made.height / 2);
          blocks.push(block);
          for (;;) {
            const current = blocks[blocks.length - 1], previous = blocks[blocks.length - 2];
            if (!previous || previous.sum / previous.weight + previous.size <= current.sum / current.weight) break;
            // The members of the second stand behind the first.
            previous.sum += current.sum - current.weight * previous.size;
            previous.weight += current.weight;
            previous.size += current.size;
            previous.members.push(...current.members);
            blocks.pop();
          }
        }
        for (const block of blocks) {
          let y = block.sum / block.weight;
          for (const made of block.members) { made.y = y + made.height / 2; y += made.height + GAP; }
        }
      }
    }
  }

  function grid(list, columns) {
    const cells = list.map((node, index) => ({
      id: node.id, width: width(node), height: HEIGHT, row: Math.floor(index / columns), column: index % columns,
    }));
    const widths = [];
    for (const made of cells) widths[made.column] = Math.max(widths[made.column] || 0, made.width);
    const lefts = widths.map((_, column) => widths.slice(0, column).reduce((sum, one) => sum + one + 22, 0));
    for (const made of cells) { made.x = lefts[made.column]; made.y = made.row * (HEIGHT + 14) + HEIGHT / 2; }
    const last = cells[cells.length - 1];
    return { cells, links: [], width: lefts.at(-1) + widths.at(-1), height: last.y + HEIGHT / 2 };
  }

  function layout(list, visible) {
    // Edges between the same two, in one direction, are one line.
    const merged = new Map();
    for (const edge of visible) {
      if (edge.source === edge.target) continue;
      const key = `${edge.source}\n${edge.target}`;
      const link = merged.get(key);
      if (link) link.edges.push(edge);
      else merged.set(key, { from: edge.source, to: edge.target, edges: [edge] });
    }
    const links = [...merged.values()];
    const parts = components(list, visible);
    const of = new Map();
    parts.found.forEach((part, index) => part.forEach((id) => of.set(id, index)));
    const linksOf = parts.found.map(() => []);
    for (const link of links) linksOf[of.get(link.from)].push(link);
    const blocks = parts.found.map((part, index) => arrange(part, linksOf[index]));
    blocks.sort((left, right) => right.height * right.width - left.height * left.width);
    // Shelves, as wide as makes the whole about as wide as the window.
    const aspect = Math.max(0.8, $("canvas").clientWidth / Math.max(1, $("canvas").clientHeight) || 1.5);
    const area = blocks.reduce((sum, block) => sum + (block.width + 90) * (block.height + 70), 0) + parts.alone.length * 200 * 56;
    const wide = Math.max(300, most(blocks, (block) => block.width), Math.sqrt(area * aspect));
    const columns = Math.max(1, Math.min(parts.alone.length, Math.floor(wide / 210)));
    const captions = [];
    const shelves = [];
    for (const block of blocks) {
      // Below another on the same shelf, where there is room, else beside it, else on the next.
      let put = false;
      for (const shelf of shelves) {
        const column = shelf.columns.find((one) => one.y + block.height <= shelf.height && block.width <= one.width);
        if (column) {
          block.x = column.x; block.y = shelf.y + column.y; column.y += block.height + 56; put = true;
          break;
        }
        if (shelf.width + block.width <= wide && block.height <= shelf.height) {
          block.x = shelf.width; block.y = shelf.y;
          shelf.columns.push({ x: shelf.width, y: block.height + 56, width: block.width });
          shelf.width += block.width + 84; put = true;
          break;
        }
      }
      if (!put) {
        const y = shelves.length ? shelves.at(-1).y + shelves.at(-1).height + 64 : 0;
        block.x = 0; block.y = y;
        shelves.push({ y, height: block.height, width: block.width + 84, columns: [{ x: 0, y: block.height + 56, width: block.width }] });
      }
    }
    let y = shelves.length ? shelves.at(-1).y + shelves.at(-1).height + 64 : 0;
    if (parts.alone.length) {
      const block = grid(parts.alone, columns);
      if (blocks.length) { captions.push({ x: 0, y: y + 4, text: "Without edges" }); y += 22; }
      block.x = 0; block.y = y;
      blocks.push(block);
    }
    for (const block of blocks) {
      for (const made of block.cells) { made.x += block.x; made.y += block.y; if (made.left !== undefined) made.left += block.x; }
    }
    // A wide graph would lie in the window as a thin strip: its rows move apart.
    const cells = blocks.flatMap((block) => block.cells);
    const right = Math.max(1, most(cells, (made) => made.x + made.width));
    const bottom = Math.max(1, most(cells, (made) => made.y + HEIGHT / 2));
    const stretch = Math.max(1, Math.min(1.6, right / bottom / aspect));
    for (const made of [...cells, ...captions]) made.y *= stretch;
    return { cells, links, captions };
  }

  // ------------------------------------------------------------------------------------------------ drawing

  let drawn = { cells: [], links: [], captions: [] };
  const cards = new Map();

  function curve(points) {
    let path = `M${points[0][0]} ${points[0][1]}`;
    for (let index = 1; index < points.length; index++) {
      const [x0, y0] = points[index - 1], [x1, y1] = points[index];
      const bend = (x1 - x0) * 0.5;
      path += Math.abs(y1 - y0) < 0.5 ? `L${x1} ${y1}` : `C${x0 + bend} ${y0} ${x1 - bend} ${y1} ${x1} ${y1}`;
    }
    return path;
  }

  function ports(links) {
    // Where lines leave a card and come in: in the order of their other ends, spread over its side.
    const sides = new Map();
    for (const link of links) {
      const chain = link.chain, last = chain.length - 1;
      for (const [made, side, other, end] of [[chain[0], "right", chain[1], "begin"], [chain[last], "left", chain[last - 1], "finish"]]) {
        const key = `${made.id}\n${side}`;
        if (!sides.has(key)) sides.set(key, []);
        sides.get(key).push({ link, made, other, end });
      }
    }
    for (const list of sides.values()) {
      list.sort((left, right) => left.other.y - right.other.y);
      const step = Math.min(8, (HEIGHT - 14) / Math.max(1, list.length - 1));
      list.forEach((port, index) => { port.link[port.end] = port.made.y + (index - (list.length - 1) / 2) * step; });
    }
  }

  function points(link) {
    const chain = link.chain, last = chain.length - 1;
    const found = [[chain[0].x + chain[0].width, link.begin]];
    for (const made of chain.slice(1, last)) found.push([made.left, made.y], [made.left + made.wide, made.y]);
    found.push([chain[last].x, link.finish]);
    return link.turned ? found.reverse() : found;
  }

  function draw({ fit = true } = {}) {
    const all = shown();
    const chosen = collapse(all.list, all.edges);
    drawn = layout(chosen.list, chosen.edges);
    drawn.all = all.list;
    showOpen();
    for (const id of ["edges", "nodes", "labels"]) $(id).replaceChildren();
    cards.clear();
    ports(drawn.links);
    for (const link of drawn.links) {
      const edge = link.edges.find((one) => one.state === "missing") || link.edges.find((one) => one.state === "unknown") || link.edges[0];
      link.points = points(link);
      const group = element($("edges"), "g", { class: `edge ${edge.state}`, style: `--c: var(--${edge.type})` });
      const end = edge.state === "missing" || edge.state === "unknown" ? edge.state : edge.type;
      // A line that ends on the left of where it began comes in from the right.
      element(group, "path", { d: curve(link.points), "marker-end": `url(#to-${end})` });
      const told = link.edges.slice(0, 12).map(({ of, ...one }) => of || one).map((one) => `${get(one.source).title} ${one.type} ${get(one.target).title}`);
      element(group, "title", {}, told.join("\n") + (link.edges.length > told.length ? `\nand ${link.edges.length - told.length} more` : ""));
      if (link.edges.length > 1 && link.edges[0].of) group.style.setProperty("--w", Math.min(3.6, 1.4 + Math.log2(link.edges.length) * 0.4));
      link.group = group;
    }
    for (const made of drawn.cells) {
      if (!made.id) continue;
      const node = get(made.id);
      const group = element($("nodes"), "g", {
        class: `node ${node.state}${node.members ? " many" : ""}${node.missing ? " lacking" : ""}`, transform: `translate(${made.x},${made.y - HEIGHT / 2})`, style: `--c: var(--${node.category})`,
        tabindex: 0, role: "button", "aria-label": `${node.kind} ${node.title}${node.state === "found" ? "" : `, ${node.state}`}`, "data-id": node.id,
      });
      element(group, "rect", { class: "card", width: made.width, height: HEIGHT, rx: 8 });
      element(group, "rect", { class: "bar", x: 5, y: 7, width: 3, height: HEIGHT - 14, rx: 1.5 });
      element(group, "text", { class: "kind", x: 15, y: 16.5 }, short(caption(node), 44));
      element(group, "text", { class: "name", x: 15, y: 32.5 }, short(node.title, 34));
      if (node.members) element(group, "title", {}, `${node.title}: ${node.members.length} objects; a double click opens it`);
      else element(group, "title", {}, `${node.id}${node.path ? `\n${node.path}:${node.line}` : `\n${node.state}`}`);
      cards.set(node.id, { group, made });
    }
    for (const { x, y, text } of drawn.captions) element($("nodes"), "text", { class: "caption", x, y }, text);
    if (view.selected && !cards.has(view.selected)) select(null);
    const missing = all.list.filter((node) => node.state === "missing").length;
    $("counts").textContent = `${all.list.length} of ${nodes.size} objects, ${all.edges.filter((edge) => edge.source !== edge.target).length} edges`;
    if (missing) {
      $("counts").append(", ");
      element($("counts"), "span", { class: "missing" }, `${missing} missing`);
    }
    $("nothing").hidden = chosen.list.length > 0;
    $("whole").hidden = !view.focus;
    search();
    if (fit) fitAll();
  }

  const counts = (list) => [...counted(list.map((edge) => edge.type))].map(([type, count]) => (list[0].of ? `${count} × ${type}` : type)).join(", ");

  function light() {
    $("labels").replaceChildren();
    const chosen = view.selected;
    const near = new Set();
    for (const link of drawn.links) {
      const lit = chosen && (link.from === chosen || link.to === chosen);
      link.group.classList.toggle("lit", Boolean(lit));
      if (lit) {
        near.add(link.from).add(link.to);
        const at = link.points.length >> 1;
        const [x0, y0] = link.points[at - 1], [x1, y1] = link.points[at];
        element($("labels"), "text", { x: (x0 + x1) / 2, y: (y0 + y1) / 2 + 3.5 }, counts(link.edges));
      }
    }
    if (chosen) near.add(chosen);
    const hits = $("search").value.trim() ? new Set(found().map((node) => grouping.as.get(node.id) || node.id)) : null;
    for (const [id, { group }] of cards) {
      group.classList.toggle("selected", id === chosen);
      group.classList.toggle("hit", Boolean(hits && hits.has(id)));
      group.classList.toggle("faded", Boolean((chosen && !near.has(id)) || (!chosen && hits && !hits.has(id))));
    }
    for (const link of drawn.links) {
      const faded = chosen ? link.from !== chosen && link.to !== chosen : hits && !hits.has(link.from) && !hits.has(link.to);
      link.group.classList.toggle("faded", Boolean(faded));
    }
  }

  // ------------------------------------------------------------------------------------------------ search

  function found() {
    const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    return drawn.all.filter((node) => {
      const text = `${node.id} ${node.title} ${node.path || ""} ${node.state}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
  }

  let turn = -1;
  function search() {
    const any = $("search").value.trim();
    $("hits").value = any ? String(found().length) : "";
    light();
  }

  $("search").oninput = () => { turn = -1; if (view.selected) select(null); search(); };
  $("search").onkeydown = (event) => {
    const hits = found();
    if (event.key !== "Enter" || !hits.length) return;
    turn = (turn + (event.shiftKey ? hits.length - 1 : 1)) % hits.length;
    reveal(hits[turn].id);
  };

  // ------------------------------------------------------------------------------------------------ details

  function select(id, move = false) {
    view.selected = id;
    const box = $("details");
    box.replaceChildren();
    box.hidden = !id;
    if (id) {
      const node = get(id);
      box.style.setProperty("--c", `var(--${node.category})`);
      element(box, "button", { class: "close", type: "button", title: "Close ( Esc )" }, "×").onclick = () => select(null);
      element(box, "div", { class: "what" }, node.group ? `${node.kind}.${node.group}` : node.kind);
      element(box, "h2", {}, node.title);
      const list = element(box, "dl");
      const say = (term, text, look = "") => {
        element(list, "dt", {}, term);
        element(list, "dd", { class: look }, text);
      };
      if (node.members) {
        tellGroup(box, node);
        if (move) centre(id);
        light();
        return;
      }
      if (node.namespace) say("Namespace", node.namespace);
      if (node.path) say("File", `${node.path}:${node.line}`, "file");
      if (node.state !== "found") say("State", STATES[node.state], node.state);
      const row = element(box, "div", { class: "row" });
      for (const [depth, word] of [[1, "Only its neighbours"], [2, "and theirs"]]) {
        element(row, "button", { type: "button" }, word).onclick = () => { view.focus = id; view.depth = depth; draw(); };
      }
      neighbours(box, "Leads to", node.out, "target");
      neighbours(box, "Comes from", node.into, "source");
      if (move) centre(id);
    }
    light();
  }

  function tellGroup(box, group) {
    const row = element(box, "div", { class: "row" });
    element(row, "button", { type: "button" }, `Open (${group.members.length} objects)`).onclick = () => openGroup(group.id);
    const kinds = element(box, "dl");
    for (const [kind, count] of [...counted(group.members.map((node) => node.kind))].sort((left, right) => right[1] - left[1])) {
      element(kinds, "dt", {}, kind);
      element(kinds, "dd", {}, count);
    }
    const list = (title, entries) => {
      if (!entries.length) return;
      element(box, "h3", {}, `${title} (${entries.length})`);
      const rows = element(box, "ul");
      for (const [id, text, look, note] of entries) {
        const entry = element(rows, "li");
        element(entry, "button", { type: "button", class: look }, text).onclick = () => (cards.has(id) ? select(id, true) : reveal(id));
        if (note) element(entry, "span", { class: "place" }, note);
      }
    };
    list("Missing", group.members.filter((node) => node.state === "missing").map((node) => [node.id, `${node.kind} ${node.title}`, "missing"]));
    const ends = (side, other) => drawn.links.filter((link) => link[side] === group.id).map((link) => [link[other], get(link[other]).title, "", counts(link.edges)]);
    list("Leads to", ends("from", "to"));
    list("Comes from", ends("to", "from"));
  }

  function neighbours(box, title, list, end) {
    if (!list.length) return;
    element(box, "h3", {}, `${title} (${list.length})`);
    const rows = element(box, "ul");
    for (const edge of list) {
      const other = nodes.get(edge[end]);
      const row = element(rows, "li");
      const button = element(row, "button", { type: "button" });
      element(button, "em", { style: `--c: var(--${edge.type})` }, edge.type);
      button.append(`${other.kind} ${other.title}`);
      if (edge.state === "missing") element(button, "span", { class: "tag missing" }, " missing");
      if (edge.state === "unknown") button.append(" (unknown)");
      button.onclick = () => reveal(other.id);
      button.disabled = !cards.has(other.id) && !grouping.as.has(other.id);
      for (const place of edge.places) {
        element(row, "span", { class: "place" }, `${place.path}:${place.line}${place.route ? ` ${place.route}` : ""}`);
      }
    }
  }

  // ------------------------------------------------------------------------------------------------ moving

  const camera = { x: 0, y: 0, scale: 1 };
  const apply = () => {
    $("world").setAttribute("transform", `translate(${camera.x},${camera.y}) scale(${camera.scale})`);
    $("canvas").style.backgroundPosition = `${camera.x}px ${camera.y}px`;
  };

  function fitAll() {
    const cells = drawn.cells;
    if (!cells.length) return;
    const left = least(cells, (made) => made.x), right = most(cells, (made) => made.x + made.width);
    const top = least(cells, (made) => made.y - HEIGHT / 2), bottom = most(cells, (made) => made.y + HEIGHT / 2);
    const wide = $("canvas").clientWidth, high = $("canvas").clientHeight;
    camera.scale = Math.max(0.03, Math.min(1.25, (wide - 44) / (right - left || 1), (high - 44) / (bottom - top || 1)));
    camera.x = (wide - (left + right) * camera.scale) / 2;
    camera.y = (high - (top + bottom) * camera.scale) / 2;
    apply();
  }

  function centre(id) {
    const card = cards.get(id);
    if (!card) return;
    camera.scale = Math.max(camera.scale, 0.75);
    camera.x = $("canvas").clientWidth / 2 - (card.made.x + card.made.width / 2) * camera.scale;
    camera.y = $("canvas").clientHeight / 2 - card.made.y * camera.scale;
    apply();
  }

  function zoom(factor, x = $("canvas").clientWidth / 2, y = $("canvas").clientHeight / 2) {
    const scale = Math.min(4, Math.max(0.03, camera.scale * factor));
    camera.x = x - ((x - camera.x) * scale) / camera.scale;
    camera.y = y - ((y - camera.y) * scale) / camera.scale;
    camera.scale = scale;
    apply();
  }

  const canvas = $("canvas");
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = canvas.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
  let held = null;
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    held = { x: event.clientX, y: event.clientY, from: { ...camera }, moved: false, node: event.target.closest(".node") };
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!held) return;
    const x = event.clientX - held.x, y = event.clientY - held.y;
    if (!held.moved && Math.hypot(x, y) < 4) return;
    if (!held.moved) { held.moved = true; canvas.setPointerCapture(event.pointerId); canvas.classList.add("dragging"); }
    camera.x = held.from.x + x;
    camera.y = held.from.y + y;
    apply();
  });
  const release = (event) => {
    if (held && !held.moved && event.type === "pointerup") select(held.node ? held.node.dataset.id : null);
    held = null;
    canvas.classList.remove("dragging");
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("dblclick", (event) => {
    const card = event.target.closest(".node");
    if (!card) return;
    if (grouping.groups.has(card.dataset.id)) openGroup(card.dataset.id);
    else { view.focus = card.dataset.id; view.depth = 1; draw(); }
  });
  canvas.addEventListener("keydown", (event) => {
    const card = event.target.closest && event.target.closest(".node");
    if (card && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); select(card.dataset.id); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (view.selected) select(null);
      else if (view.focus) { view.focus = null; draw(); }
      else if ($("search").value) { $("search").value = ""; search(); }
      return;
    }
    if (event.target.closest("input") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") { event.preventDefault(); $("search").focus(); }
    if (event.key === "f") fitAll();
    if (event.key === "+" || event.key === "=") zoom(1.25);
    if (event.key === "-") zoom(0.8);
  });
  $("fit").onclick = fitAll;
  $("in").onclick = () => zoom(1.25);
  $("out").onclick = () => zoom(0.8);
  $("whole").onclick = () => { view.focus = null; draw(); };
  $("theme").onclick = () => {
    const root = document.documentElement.style;
    const dark = root.colorScheme ? root.colorScheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.colorScheme = dark ? "light" : "dark";
  };
  addEventListener("resize", fitAll);

  for (const end of [...Object.keys(DATA.types), "missing", "unknown"]) {
    const marker = element($("markers"), "marker", {
      id: `to-${end}`, viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 8, markerHeight: 8, markerUnits: "userSpaceOnUse",
      orient: "auto", style: `--c: var(--${end})`,
    });
    element(marker, "path", { d: "M0 1.2 L10 5 L0 8.8 z" });
  }
  chooseGrouping();
  if (grouping.by.size) buildGroups();
  buildFilters();
  if (!grouping.by.size) buildGroups();
  draw();
})();
