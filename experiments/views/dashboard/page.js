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

  function look(changes) {
    for (const change of changes) {
      if (change.type === "attributes" && change.target.matches(".q-slider")) name(change.target);
      for (const node of change.addedNodes)
        if (node.querySelectorAll) [node, ...node.querySelectorAll(".q-slider")].forEach((it) => it.matches(".q-slider") && name(it));
    }
  }

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

  async function draw(id, height, sameKind) {
    const it = getElement(id);
    if (!it?.chart) return void setTimeout(draw, 20, id, height, sameKind); // it is not there yet
    window.echarts ??= (await import("nicegui-echart")).echarts;
    const width = it.$el.clientWidth;
    const cue = it.$el.closest(".frame").querySelector(".cue");
    cue.style.display = width > it.$el.parentElement.clientWidth ? "block" : "none";
    if (!width) return; // its numbers are shown
    const { option, height: high } = fitted({ option: it.options, height }, width);
    it.$el.style.height = `${high}px`;
    it.chart.resize();
    it.chart.setOption(shaded(option), { notMerge: !sameKind });
  }

  window.fitChart = (id, height, sameKind) => {
    shown.set(id, height);
    return draw(id, height, sameKind);
  };

  const again = () => {
    for (const [id, height] of shown) {
      if (getElement(id)) draw(id, height, false);
      else shown.delete(id);
    }
  };
  addEventListener("resize", again);
  for (const taste of [NIGHT, STILL]) taste.addEventListener("change", again);
}
