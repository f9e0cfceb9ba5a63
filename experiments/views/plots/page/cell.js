const PAPER = { full: 860, half: 420, height: 0.82 }; // px, and a part of the height on the screen
const MOST = 200; // rows of a table on the page; the CSV has all of them

/** A number as people read it. */
function read(value) {
  return typeof value === "number" && !Number.isInteger(value) ? String(Number(value.toPrecision(4))) : String(value ?? "");
}

/** A cell of a table. */
function told(kind, text) {
  const cell = document.createElement(kind);
  cell.textContent = text;
  return cell;
}

/** A cell's chart: it draws one picture, and another one in its place. Its table and its CSV have the numbers. */
class Cell {
  /** An option as its reader wants it: pages that have colours for the night change it. */
  static shade = (option) => option;

  constructor(root) {
    this.root = root;
    this.box = root.querySelector(".chart");
    this.paper = root.querySelector(".paper");
    this.numbers = root.querySelector(".numbers");
    this.picture = null;
    this.blank = root.cloneNode(true);
    root.querySelector("button").addEventListener("click", () => this.download());
    this.numbers.addEventListener("toggle", () => this.fill());
  }

  show(label, picture, sameKind) {
    this.picture = picture;
    this.sameKind = sameKind;
    this.root.querySelector(".whose").textContent = label;
    this.root.querySelector(".title").textContent = picture.title;
    this.root.querySelector(".note").textContent = picture.note;
    this.root.querySelector(".source").textContent = picture.source;
    this.box.style.minWidth = `${picture.width}px`;
    this.box.style.height = `${fitted(picture, this.box.clientWidth || PAPER.full).height}px`;
    this.box.setAttribute("aria-label", [label, `${picture.title}. ${picture.note}`].filter(Boolean).join(" "));
    this.fill();
    this.offer();
    if (this.chart) this.draw();
  }

  /** Offer the pictures that rows open, in a list too: a keyboard has no click. */
  offer() {
    this.open("");
    this.choice?.remove();
    const rows = Object.keys(this.picture.under);
    if (!rows.length) return;
    this.choice = Object.assign(document.createElement("label"), { className: "under", textContent: "Show the fan of a claim: " });
    this.list = document.createElement("select");
    this.list.add(new Option("click on a claim, or choose one", ""));
    for (const row of rows) this.list.add(new Option(row, row));
    this.list.addEventListener("change", () => this.open(this.list.value));
    this.choice.append(this.list);
    this.root.querySelector(".note").before(this.choice);
  }

  /** Show the picture of a row below this one; an empty name closes it. */
  open(row) {
    this.below?.root.remove();
    this.below = null;
    const picture = this.picture.under[row];
    if (!picture) return;
    this.list.value = row;
    this.below = new Cell(this.blank.cloneNode(true));
    this.root.append(this.below.root);
    this.below.show(this.root.querySelector(".whose").textContent, picture, false);
    this.below.draw();
    this.below.root.scrollIntoView({ block: "nearest" });
  }

  /** What its reader has switched on and off in the legend. */
  get selected() {
    if (!this.chart || !this.sameKind) return undefined;
    return Object.assign({}, ...(this.chart.getOption().legend ?? []).map((legend) => legend.selected));
  }

  draw() {
    const width = this.box.clientWidth;
    const { option, height } = fitted(this.picture, width, this.selected);
    this.box.style.height = `${height}px`;
    if (this.chart) {
      this.chart.resize({ width, height });
    } else {
      this.chart = echarts.init(this.box, null, { renderer: "svg", width, height });
      this.chart.on("click", ({ componentType, value, data }) => {
        const row = componentType === "yAxis" ? value : data?.id;
        if (row in this.picture.under) this.open(row);
      });
      new ResizeObserver(() => this.resize(this.box.clientWidth)).observe(this.box);
      this.sameKind = false;
    }
    this.width = width;
    this.root.querySelector(".cue").hidden = width <= this.box.parentElement.clientWidth;
    this.chart.setOption(Cell.shade(option), { notMerge: !this.sameKind });
    this.sameKind = true;
  }

  resize(width) {
    if (width && width !== this.width) this.draw();
  }

  /** Put a still picture on paper. A chart of the screen can't be printed: it takes its time to change. */
  print() {
    if (this.root.hidden) return;
    const width = this.root.closest(".full") ? PAPER.full : PAPER.half;
    const fixed = [this.picture.option.grid ?? []].flat().some((grid) => grid.height);
    const low = fixed ? this.picture.height : Math.round(PAPER.height * this.picture.height);
    const { option, height } = fitted({ ...this.picture, height: low }, width, this.selected);
    const still = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
    still.setOption({ ...option, animation: false });
    this.paper.innerHTML = still.renderToSVGString();
    still.dispose();
    this.below?.print();
  }

  unprint() {
    this.paper.replaceChildren();
    this.below?.unprint();
  }

  /** Write the table, if it is open. */
  fill() {
    const place = this.numbers.querySelector("div");
    place.replaceChildren();
    if (!this.numbers.open) return;
    const { columns, rows } = this.picture.table;
    const table = document.createElement("table");
    const line = (kind, cells) => table.insertRow().append(...cells.map((cell) => told(kind, read(cell))));
    line("th", columns);
    for (const row of rows.slice(0, MOST)) line("td", row);
    place.append(table);
    if (rows.length > MOST) place.append(told("p", `${rows.length - MOST} more rows are in the CSV.`));
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

/** Call `print` with true before the page is printed, with false after. Browsers say so once or several times. */
function onPaper(print) {
  let printing = false;
  const say = (wanted) => {
    if (printing === wanted) return;
    printing = wanted;
    print(wanted);
  };
  window.addEventListener("beforeprint", () => say(true));
  window.addEventListener("afterprint", () => say(false));
  window.matchMedia("print").addEventListener("change", (paper) => say(paper.matches));
}
