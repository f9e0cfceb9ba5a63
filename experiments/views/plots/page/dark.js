const NIGHT = window.matchMedia("(prefers-color-scheme: dark)");
const STILL = window.matchMedia("(prefers-reduced-motion: reduce)");
const INK = "#e3e6ea";
const PALE = "#a3adb8";
const LINE = "#363d45";
const PAPER_AT_NIGHT = "#1b1f24";
/** What colours of the day are by night: neutral ones, and those of firms that are too dark for it. */
const SHADES = {
  "#333333": INK,
  "#757575": PALE,
  "#6e6e6e": "#848e99",
  "#e0e0e0": LINE,
  "#0072b2": "#3b9bd9",
  "#332288": "#8f80e6",
  "#6b4c1e": "#b98d4f",
  "#7f3c8d": "#b877c6",
  "#616e7c": "#8b98a6",
  "#8a5a00": "#e0a030",
};
const BAND = /^P\d+ to P\d+$/; // what bands over the years are called
const EDGES = ["borderColor", "textBorderColor"];

/** A value of an option by night: colours change, white edges are as dark as the paper, words on tiles stay. */
function dimmed(value, key) {
  if (Array.isArray(value)) return value.map((one) => dimmed(one, key));
  if (value && typeof value === "object") {
    const seen = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, dimmed(one, name)]));
    return value.type === "heatmap" ? { ...seen, label: value.label } : seen;
  }
  if (typeof value !== "string") return value;
  if (EDGES.includes(key) && value === "#fff") return PAPER_AT_NIGHT;
  return SHADES[value.toLowerCase()] ?? value;
}

/** A band's colour: mixed with the night's paper by as much as it is with white. */
function sunk(colour) {
  const [own, paper] = [colour, PAPER_AT_NIGHT].map((one) => [1, 3, 5].map((i) => parseInt(one.slice(i, i + 2), 16)));
  const white = Math.min(...own) / 255;
  const mixed = own.map((part, i) => Math.round(part + (paper[i] - 255) * white));
  return `#${mixed.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/** The parts of an option, which may be one or several. */
function each(parts, change) {
  if (!parts) return parts;
  return Array.isArray(parts) ? parts.map(change) : change(parts);
}

/** What ECharts paints dark where nobody says otherwise. */
function lit(option) {
  const words = (own) => ({ color: INK, ...own });
  const line = (own, color) => ({ ...own, lineStyle: { color, ...own?.lineStyle } });
  const axis = (one) => ({
    ...one,
    axisLabel: words(one.axisLabel),
    nameTextStyle: { color: PALE, ...one.nameTextStyle },
    axisLine: line(one.axisLine, PALE),
    axisTick: line(one.axisTick, PALE),
    splitLine: line(one.splitLine, LINE),
  });
  const texts = (one) => ({ ...one, textStyle: words(one.textStyle) });
  const series = (one) => {
    if (BAND.test(one.name)) return { ...one, color: sunk(one.color) };
    return ["sankey", "graph"].includes(one.type) ? { ...one, label: words(one.label) } : one;
  };
  const tooltip = { backgroundColor: "#262c33", borderColor: LINE };
  return {
    ...option,
    legend: each(option.legend, (one) => ({ ...texts(one), inactiveColor: "#5a636d" })),
    title: each(option.title, texts),
    visualMap: each(option.visualMap, texts),
    xAxis: each(option.xAxis, axis),
    yAxis: each(option.yAxis, axis),
    series: each(option.series, series),
    tooltip: each(option.tooltip, (one) => ({ ...tooltip, ...one, textStyle: words(one.textStyle) })),
  };
}

/** An option as its reader wants it: by day or by night, in motion or still. */
function shaded(option) {
  const seen = NIGHT.matches ? dimmed(lit(option)) : option;
  return STILL.matches ? { ...seen, animation: false } : seen;
}
