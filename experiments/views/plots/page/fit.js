"use strict";

const NARROW = 520; // px: below it edges have no labels
const KEY = { itemWidth: 14, itemHeight: 9, itemGap: 10 }; // of a legend
const KEY_FONT = 11; // px
const ROW = 18; // px, height of a row of a legend, or of a line of a title
const APART = 24; // px between a legend and what is below it: the unit of an axis stands there

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
  }
  for (const axis of [option.yAxis ?? []].flat()) {
    if (axis.axisLabel?.inside) axis.axisLabel.width = Math.max(axis.axisLabel.width, 0.85 * width);
  }
  const titles = [option.title ?? []].flat().filter((title) => title.left === 0);
  const legends = [option.legend ?? []].flat();
  const parts = [option.title ?? [], legends, option.grid ?? [], series, option.visualMap ?? []].flat();
  let height = picture.height;
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
