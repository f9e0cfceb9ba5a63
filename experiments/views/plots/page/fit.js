"use strict";

const NARROW = 520; // px: below it edges have no labels
const KEY = { itemWidth: 14, itemHeight: 9, itemGap: 10 }; // of a legend
const KEY_FONT = 11; // px
const ROW = 18; // px, height of a row of a legend, or of a line of a title
const APART = 24; // px between a legend and what is below it: the unit of an axis stands there

const AROUND = 130; // px, beside a circle of firms: room for their names
const BESIDE = 100; // px, the same below NARROW
const SMALLER = 0.6; // of a firm on a circle, below NARROW
const LARGEST = 20; // px, of a dot of a dot plot
const LOWEST = 120; // px, height of its stacks
const BOLD = 1.12; // how much wider bold letters are, at most: what ECharts measures is not bold

/** The lines of a text, each at most `width` px wide. */
function wrapped(text, font, width) {
  const room = font.startsWith("bold") ? width / BOLD : width;
  const lines = [];
  for (const word of text.split(" ")) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && echarts.format.getTextRect(longer, font).width <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** How many rows a legend with these names needs. */
function rows(names, gap, family, width) {
  let count = 1;
  let at = 0;
  for (const name of names) {
    const own = KEY.itemWidth + 5 + echarts.format.getTextRect(name, `${KEY_FONT}px ${family}`).width;
    if (at > 0 && at + own > width - 10) {
      count += 1;
      at = 0;
    }
    at += own + gap;
  }
  return count;
}

/** The names in a legend. */
function keys(option, legend) {
  const names = legend.data ?? option.series.map((series) => series.name);
  return [...new Set(names)].filter(Boolean);
}

/** Move what is below `top` down. */
function moved(parts, top, by) {
  for (const part of parts) if (part.top > top) part.top += by;
}

/** Break sentences left of a picture into lines; how much higher their rows are then, px in all. */
function written(option, width, height) {
  const { grid, textStyle } = option;
  const axis = [option.yAxis ?? []].flat().find((one) => one.axisLabel?.align === "left" && !one.axisLabel.inside);
  if (!axis || typeof grid?.left !== "string") return 0;
  const narrow = width < NARROW;
  const left = Math.round((width * (parseFloat(grid.left) + 8 * narrow)) / 100);
  const label = axis.axisLabel;
  if (narrow) Object.assign(label, { fontSize: label.fontSize - 1, lineHeight: label.lineHeight - 2 });
  const font = `${label.fontSize}px ${textStyle?.fontFamily ?? "sans-serif"}`;
  const broken = (text) => wrapped(text, font, left - 18);
  Object.assign(label, { margin: left - 2, width: null, overflow: "none", formatter: (text) => broken(text).join("\n") });
  grid.left = left;
  const lines = Math.max(...axis.data.map((text) => broken(text).length));
  const row = (height - grid.top - grid.bottom) / axis.data.length;
  return Math.max(lines * label.lineHeight + 10 - row, 0) * axis.data.length;
}

/** Make room for a circle of firms: names are smaller, and so are firms. */
function encircled(option) {
  Object.assign(option.grid, { left: BESIDE, right: BESIDE });
  for (const one of option.series) {
    for (const firm of one.data) {
      firm.symbolSize *= SMALLER;
      firm.label.fontSize = KEY_FONT;
    }
  }
}

/** Make the dots of a dot plot as large as they may be: those of a column touch. How much lower it is then, px. */
function dotted(option, width, height) {
  const dots = option.series.find((one) => one.across);
  if (!dots) return 0;
  const { grid, yAxis } = option;
  const high = height - grid.top - grid.bottom;
  const size = Math.min((width - grid.left - grid.right) / dots.across, LARGEST, high / yAxis.max);
  const needed = Math.min(Math.max((yAxis.max + 1) * size, LOWEST), high);
  dots.symbolSize = 0.92 * size;
  yAxis.max = needed / size;
  return high - needed;
}

/**
 * A picture's option in a chart of that width, and the height which that needs.
 *
 * Titles wrap and legends show all of their names, and what is below them moves down: nothing is cut.
 */
function fitted(picture, width, selected) {
  const option = JSON.parse(JSON.stringify(picture.option));
  const { series } = option;
  const family = option.textStyle?.fontFamily ?? "sans-serif";
  if (width < NARROW) {
    for (const one of series) for (const link of one.type === "graph" ? one.links : []) link.label.show = false;
    if (option.grid?.left === AROUND) encircled(option);
  }
  for (const axis of [option.yAxis ?? []].flat()) {
    if (axis.axisLabel?.inside) axis.axisLabel.width = Math.max(axis.axisLabel.width, 0.85 * width);
  }
  const titles = [option.title ?? []].flat().filter((title) => title.left === 0);
  const legends = [option.legend ?? []].flat();
  const parts = [option.title ?? [], legends, option.grid ?? [], series, option.visualMap ?? []].flat();
  const { height: usual } = picture;
  let height = Math.round(usual + written(option, width, usual) - dotted(option, width, usual));
  const grow = (top, by) => {
    if (by <= 0) return;
    moved(parts.filter((part) => typeof part.top === "number"), top, by);
    height += by;
  };
  for (const title of titles) {
    const size = title.textStyle.fontSize;
    const lines = wrapped(title.text, `bold ${size}px ${family}`, width);
    title.text = lines.join("\n");
    title.textStyle.lineHeight = ROW;
    grow(title.top, ROW * (lines.length - 1));
  }
  for (const legend of legends) {
    const names = keys(option, legend);
    const chosen = selected ?? legend.selected ?? {};
    Object.assign(legend, KEY, { type: "plain", data: names, selected: chosen });
    legend.textStyle = { ...legend.textStyle, fontSize: KEY_FONT };
    const next = Math.min(...parts.map((part) => part.top).filter((top) => top > legend.top));
    const room = Math.max(Math.floor((next - legend.top - APART) / ROW), 1);
    grow(legend.top, ROW * (rows(names, legend.itemGap, family, width) - room));
  }
  return { option, height };
}
