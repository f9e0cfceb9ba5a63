/* What the page's elements lack for people who use a keyboard or a screen reader. */
{
  const TOLD = ["aria-label", "aria-valuemin", "aria-valuemax", "aria-valuenow", "aria-orientation"];

  /* A slider's handle takes the focus, so the handle, not the frame around it, must say what it is. */
  function name(slider) {
    const handle = slider.querySelector("[tabindex]");
    if (!handle) return;
    slider.setAttribute("role", "group");
    handle.setAttribute("role", "slider");
    for (const key of TOLD) {
      const value = slider.getAttribute(key);
      if (value === null) continue;
      handle.setAttribute(key, value);
      if (key !== "aria-label") slider.removeAttribute(key);
    }
  }

  /* What scrolls takes the focus, so that arrow keys move it. */
  const reachable = (part) => part.setAttribute("tabindex", 0);
  const loading = (bar) => bar.setAttribute("aria-label", "Loading");
  const MENDED = { ".q-slider": name, ".q-table__middle": reachable, ".yaml .nicegui-markdown": reachable, ".q-loading-bar": loading };

  function look(changes) {
    for (const change of changes) {
      if (change.type === "attributes" && change.target.matches(".q-slider")) name(change.target);
      for (const node of change.addedNodes)
        for (const [kind, mend] of Object.entries(node.querySelectorAll ? MENDED : {}))
          [node, ...node.querySelectorAll(kind)].forEach((it) => it.matches(kind) && mend(it));
    }
  }

  document.querySelectorAll(".q-loading-bar").forEach(loading);
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, attributeFilter: TOLD });

  /* Back and Forward show what the page showed. */
  addEventListener("popstate", () => emitEvent("history", location.search));

  /* Escape closes what is on top: first an open list or dialog, as the library has it, then the settings. */
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector(".q-menu, .q-dialog")) emitEvent("escape", innerWidth);
  }, true);
}

/* Charts as their reader has the window: titles wrap, legends show all, by night colours are others. */
{
  const shown = new Map();

  /* A picture's size, px, is set here alone: a style from the server could come later and undo the fit. */
  async function draw(id, size, sameKind) {
    const it = getElement(id);
    if (!it?.chart) return void setTimeout(draw, 20, id, size, sameKind); // it is not there yet
    window.echarts ??= (await import("nicegui-echart")).echarts;
    it.$el.style.minWidth = size.width ? `${size.width}px` : "";
    const width = it.$el.clientWidth;
    const cue = it.$el.closest(".frame").querySelector(".cue"), around = it.$el.parentElement;
    cue.style.display = width > around.clientWidth ? "block" : "none";
    if (!width) return; // its numbers are shown
    const { option, height: high } = fitted({ option: it.options, height: size.height }, width);
    it.$el.style.height = `${high}px`;
    it.chart.resize();
    it.chart.setOption(focusing(shaded(option)), { notMerge: !sameKind });
    listen(it.chart);
    settle(it.chart, around);
    setTimeout(settle, LATE, it.chart, around); // a new chart is given its option once more
  }

  /* A firm is shown in all charts at once: the one under the pointer, or else the one that is picked. */
  const LATE = 60; // milliseconds
  const FADED = 0.25; // opacity: still to be seen by night

  /* A chart that is wider than its place takes the focus, so that arrow keys move it; and it shows the firm. */
  function settle(chart, around) {
    const scrolls = around.scrollWidth > around.clientWidth || around.scrollHeight > around.clientHeight;
    scrolls ? around.setAttribute("tabindex", 0) : around.removeAttribute("tabindex");
    light(chart, picked);
  }

  let firms = {}, picked = "";
  const listening = new WeakSet();
  const called = (firm) => (firm ? [firm, firms[firm]] : []);
  const firmOf = (names) => Object.keys(firms).find((firm) => called(firm).some((name) => names.includes(name))) ?? "";
  const firmAt = (point) => firmOf([point.data?.id, point.data?.name, point.seriesName].filter(Boolean));

  /* What else is in a chart fades while a firm is shown. */
  function focusing(option) {
    const focus = { graph: "adjacency", sankey: "adjacency", lines: "self" };
    const blur = { lineStyle: { opacity: FADED }, itemStyle: { opacity: FADED } };
    const series = [option.series ?? []].flat().map((one) =>
      focus[one.type] || firmOf([one.name ?? ""]) ? { ...one, blur, emphasis: { focus: focus[one.type] ?? "series", ...one.emphasis } } : one);
    return { ...option, series };
  }

  function light(chart, firm) {
    if (chart.isDisposed()) return;
    chart.dispatchAction({ type: "downplay" });
    const names = called(firm), option = names.length ? chart.getOption() : {}, series = option.series ?? [];
    const rows = (option.yAxis?.[0]?.data ?? []).flatMap((row, at) =>
      names.some((name) => ` ${row} `.toLowerCase().includes(` ${name.toLowerCase()} `)) ? [at] : []);
    const shows = (item) => names.includes(item?.id) || names.includes(item?.name) || rows.includes(item?.coords?.[0]?.[1]);
    const places = (items, right) => items.flatMap((item, at) => (right(item) ? [at] : []));
    const highlight = (what) => chart.dispatchAction({ type: "highlight", ...what });
    const own = places(series, (one) => names.includes(one.name));
    if (own.length) return void highlight({ seriesIndex: own }); // in all panels at once: each action ends the one before
    series.forEach((one, seriesIndex) => {
      const dataIndex = places(one.data ?? [], shows);
      if (dataIndex.length) highlight({ seriesIndex, dataIndex });
    });
  }

  function lightOthers(than, firm) {
    for (const id of shown.keys()) {
      const it = getElement(id);
      if (it?.chart && it.chart !== than && it.$el.offsetParent) light(it.chart, firm);
    }
  }

  function listen(chart) {
    if (listening.has(chart)) return;
    listening.add(chart);
    chart.on("mouseover", (point) => lightOthers(chart, firmAt(point) || picked));
    chart.on("mouseout", () => lightOthers(null, picked));
    chart.on("click", (point) => firmAt(point) && emitEvent("firm", firmAt(point)));
  }

  window.linkFirms = (names, firm) => {
    [firms, picked] = [names, firm];
    lightOthers(null, picked);
  };

  window.fitChart = (id, size, sameKind) => {
    shown.set(id, size);
    return draw(id, size, sameKind);
  };

  const again = () => {
    for (const [id, size] of shown) {
      if (getElement(id)) draw(id, size, false);
      else shown.delete(id);
    }
  };
  addEventListener("resize", again);
  for (const taste of [NIGHT, STILL]) taste.addEventListener("change", again);
}
