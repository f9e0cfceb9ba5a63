"use strict";

const { figures, pictures } = JSON.parse(document.getElementById("data").textContent);
const NARROW = 520; // px: below it edges have no labels
const PAPER = { full: 860, half: 420, height: 0.82 }; // px, and a part of the height on the screen
const KEY = { itemWidth: 14, itemHeight: 9, itemGap: 8, textStyle: { fontSize: 11 } }; // a legend on paper
const KEYS = 2; // rows of a legend that pictures have room for
const STEP = 1200; // ms a year

/** A picture's option for a chart of that width. */
function fitted(picture, width) {
  const option = structuredClone(picture);
  if (width < NARROW) {
    for (const series of option.series) {
      for (const link of series.type === "graph" ? series.links : []) link.label.show = false;
    }
  }
  for (const axis of [option.yAxis ?? []].flat()) {
    if (axis.axisLabel?.inside) axis.axisLabel.width = Math.max(axis.axisLabel.width, 0.85 * width);
  }
  return option;
}

/** Show the whole legend at once: paper has no pages to turn. */
function unfolded(option, selected = option.legend.selected ?? {}, width) {
  const names = option.legend.data ?? option.series.map((series) => series.name);
  const shown = [...new Set(names)].filter((name) => name && selected[name] !== false);
  option.legend = { ...option.legend, ...KEY, type: "plain", data: shown, selected };
  const long = shown.reduce((sum, name) => sum + 6 * name.length + KEY.itemWidth + KEY.itemGap + 5, 0);
  const more = Math.max(Math.ceil(long / (width - 20)) - KEYS, 0);
  for (const grid of [option.grid].flat().slice(0, 1)) grid.top += 18 * more;
}

/** A cell's chart: it draws one picture, and another one in its place. */
class Cell {
  constructor(root) {
    this.root = root;
    this.box = root.querySelector(".chart");
    this.paper = root.querySelector(".paper");
    this.picture = null;
    root.querySelector("button").addEventListener("click", () => this.download());
  }

  show(label, picture, sameKind) {
    this.picture = picture;
    this.sameKind = sameKind;
    this.root.querySelector(".whose").textContent = label;
    this.root.querySelector(".title").textContent = picture.title;
    this.root.querySelector(".note").textContent = picture.note;
    this.box.style.height = `${picture.height}px`;
    this.box.setAttribute("aria-label", `${label} ${picture.title}`);
    if (this.chart) this.draw();
  }

  draw() {
    if (!this.chart) {
      this.chart = echarts.init(this.box, null, { renderer: "svg" });
      new ResizeObserver(() => this.resize(this.box.clientWidth)).observe(this.box);
      this.sameKind = false;
    }
    this.chart.setOption(fitted(this.picture.option, this.box.clientWidth), { notMerge: !this.sameKind });
  }

  resize(width) {
    if (this.chart && width) this.chart.resize({ width });
  }

  /** Put a still picture on paper. A chart of the screen can't be printed: it takes its time to change. */
  print() {
    if (this.root.hidden) return;
    const width = this.root.closest(".full") ? PAPER.full : PAPER.half;
    const height = Math.round(PAPER.height * this.picture.height);
    const still = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
    const option = fitted(this.picture.option, width);
    if (option.legend) unfolded(option, this.chart?.getOption().legend[0].selected, width);
    still.setOption({ ...option, animation: false });
    this.paper.innerHTML = still.renderToSVGString();
    still.dispose();
  }

  unprint() {
    this.paper.replaceChildren();
  }

  download() {
    const { columns, rows } = this.picture.table;
    const cell = (value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
    const lines = [columns, ...rows].map((row) => row.map((value) => cell(String(value ?? ""))).join(","));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([lines.join("\r\n") + "\r\n"], { type: "text/csv" }));
    link.download = `${this.picture.file}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }
}

/** A figure: controls, and cells that show what is chosen. */
class Figure {
  constructor(root, { choices, cells }) {
    this.root = root;
    this.choices = choices;
    this.shown = cells;
    this.chosen = choices.map(({ name, options }) => (name === "year" ? options.length - 1 : 0));
    this.cells = [];
    this.template = root.querySelector("template");
    choices.forEach((choice, i) => this.control(choice, i));
    this.update(false);
  }

  control({ name, options }, i) {
    if (options.length < 2) return;
    const label = document.createElement("label");
    label.textContent = name;
    const input = document.createElement(name === "year" ? "input" : "select");
    if (name === "year") {
      Object.assign(input, { type: "range", min: 0, max: options.length - 1, step: 1, value: options.length - 1 });
    } else {
      options.forEach((option, at) => input.add(new Option(option, at)));
    }
    label.append(input);
    this.root.querySelector(".controls").append(label);
    const choose = () => {
      this.chosen[i] = Number(input.value);
      this.update(name === "year");
    };
    input.addEventListener("input", choose);
    if (name === "year") this.years(label, input, options, choose);
  }

  years(label, input, options, choose) {
    const year = document.createElement("output");
    const button = document.createElement("button");
    button.type = "button";
    label.append(year);
    label.after(button);
    const tell = () => {
      year.textContent = options[input.value];
      input.setAttribute("aria-valuetext", options[input.value]);
      button.textContent = this.timer ? "Pause" : "Play";
    };
    const stop = () => {
      clearInterval(this.timer);
      this.timer = null;
      tell();
    };
    const go = (to) => {
      input.value = to;
      choose();
      tell();
      if (Number(input.value) === options.length - 1) stop();
    };
    button.addEventListener("click", () => {
      if (this.timer) return stop();
      if (Number(input.value) === options.length - 1) go(0);
      this.timer = setInterval(() => go(Number(input.value) + 1), STEP);
      tell();
    });
    input.addEventListener("input", tell);
    tell();
  }

  update(sameKind) {
    const now = this.shown[this.chosen.join(",")];
    while (this.cells.length < now.length) {
      const root = this.template.content.firstElementChild.cloneNode(true);
      this.root.querySelector(".cells").append(root);
      this.cells.push(new Cell(root));
      watch(this.cells.at(-1));
    }
    this.cells.forEach((cell, i) => {
      cell.root.hidden = i >= now.length;
      if (i < now.length) cell.show(now[i].whose, pictures[now[i].picture], sameKind);
    });
  }
}

let printing = false;
const waiting = new Map();
const near = new IntersectionObserver(
  (entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => begin(entry.target)),
  { rootMargin: "800px" },
);

/** Draw a cell once it is near the window. */
function watch(cell) {
  waiting.set(cell.root, cell);
  near.observe(cell.root);
}

function begin(root) {
  const cell = waiting.get(root);
  if (printing) return; // on paper it has no width
  near.unobserve(root);
  waiting.delete(root);
  if (cell) cell.draw();
}

const all = figures.map((figure) => new Figure(document.getElementById(figure.name), figure));

/** Browsers announce paper by an event, by a media query, or by both. */
function print(wanted) {
  if (printing === wanted) return;
  printing = wanted;
  all.flatMap((figure) => figure.cells).forEach((cell) => (printing ? cell.print() : cell.unprint()));
  if (printing) return;
  for (const root of waiting.keys()) {
    near.unobserve(root);
    near.observe(root); // it may be near already, while nothing could be drawn
  }
}

window.addEventListener("beforeprint", () => print(true));
window.addEventListener("afterprint", () => print(false));
window.matchMedia("print").addEventListener("change", (paper) => print(paper.matches));
