const { figures, pictures } = JSON.parse(document.getElementById("data").textContent);
const STEP = 1200; // ms a year

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

Cell.shade = shaded;
const all = figures.map((figure) => new Figure(document.getElementById(figure.name), figure));

/** Put all charts on paper, or take them off it. */
function print(wanted) {
  printing = wanted;
  all.flatMap((figure) => figure.cells).forEach((cell) => (printing ? cell.print() : cell.unprint()));
  if (printing) return;
  for (const root of waiting.keys()) {
    near.unobserve(root);
    near.observe(root); // it may be near already, while nothing could be drawn
  }
}

onPaper(print);

/** Draw all charts anew, as their reader wants them now. */
function again() {
  const cells = all.flatMap((figure) => figure.cells).flatMap((cell) => [cell, cell.below ?? []].flat());
  for (const cell of cells) {
    cell.sameKind = false;
    if (cell.chart && !cell.root.hidden) cell.draw();
  }
}

for (const taste of [NIGHT, STILL]) taste.addEventListener("change", again);
