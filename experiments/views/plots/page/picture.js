const cell = new Cell(document.querySelector(".cell"));
cell.show("", JSON.parse(document.getElementById("data").textContent), false);
cell.draw();
onPaper((printing) => (printing ? cell.print() : cell.unprint()));

/** In a notebook's frame: take the place of the still picture before it, as high as the page is. */
function framed(frame) {
  const fit = () => (frame.style.height = `${document.documentElement.offsetHeight + 8}px`);
  if (frame.previousElementSibling) frame.previousElementSibling.hidden = true;
  new ResizeObserver(fit).observe(document.body);
  fit();
}

if (window.frameElement) framed(window.frameElement);
