// Lets a pointer read values off a drawn chart: an unseen chart over the drawing, made from the table beneath it.
// The drawing itself is the server's: it is the same without this, and on paper.
const SOURCE = new URL("../vendor/chart/chart.umd.min.js", import.meta.url).href;
let library;

function load() {
  library ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = SOURCE;
    script.onload = () => done(window.Chart);
    script.onerror = failed;
    document.head.append(script);
  });
  return library;
}

/** Return what the table says, oldest first: labels, and for each line its name, look, values and values in words. */
function read(figure) {
  const table = figure.querySelector(".pc-table");
  const rows = [...table.tBodies[0].rows].reverse();
  const heads = [...table.tHead.rows[0].cells].slice(1);
  return {
    labels: rows.map((row) => row.cells[0].textContent.trim()),
    lines: heads.map((head, place) => {
      const cells = rows.map((row) => row.cells[place + 1]);
      return {
        name: head.textContent.trim(),
        css: head.dataset.css,
        values: cells.map((cell) => ("value" in cell.dataset ? Number(cell.dataset.value) : null)),
        said: cells.map((cell) => cell.textContent.trim()),
      };
    }),
  };
}

/** Return the colour in which the style sheet draws a line now, light or dark. */
function colour(figure, css) {
  return getComputedStyle(figure.querySelector(`.pc-plot .pc-${css}`)).stroke;
}

function lay(figure, Chart, canvas) {
  const { labels, lines } = read(figure);
  const limits = [...figure.querySelectorAll(".pc-y [data-value]")].map((tick) => Number(tick.dataset.value));
  const font = { family: getComputedStyle(document.body).fontFamily, size: 14 };
  const direction = document.documentElement.dir;
  return new Chart(canvas, {
    type: "line",
    data: {
      labels,
      datasets: lines.map(({ name, css, values, said }) => ({
        label: name,
        data: values,
        said,
        showLine: false,
        pointRadius: 0,
        pointHoverRadius: 5,
        pointHoverBackgroundColor: () => colour(figure, css),
        pointHoverBorderColor: () => colour(figure, css),
        look: () => colour(figure, css),
      })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      layout: { padding: 0, autoPadding: false },
      interaction: { mode: "index", intersect: false },
      scales: {
        x: { display: false, offset: true },
        y: { display: false, min: Math.min(...limits), max: Math.max(...limits) },
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          rtl: direction === "rtl",
          textDirection: direction,
          titleFont: font,
          bodyFont: font,
          callbacks: {
            label: ({ dataset, dataIndex }) => `${dataset.label}: ${dataset.said[dataIndex]}`,
            labelColor: ({ dataset }) => ({ borderColor: dataset.look(), backgroundColor: dataset.look() }),
          },
        },
      },
    },
  });
}

export default function chart(figure) {
  const plot = figure.querySelector(".pc-plot");
  if (!plot || !("IntersectionObserver" in window)) return;
  const watch = new IntersectionObserver(async (seen) => {
    if (!seen.some((each) => each.isIntersecting)) return;
    watch.disconnect();
    const Chart = await load();
    const canvas = document.createElement("canvas");
    plot.append(canvas);
    lay(figure, Chart, canvas);
    figure.dataset.alive = "";
  });
  watch.observe(figure);
}
