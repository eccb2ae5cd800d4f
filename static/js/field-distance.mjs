// How far each order of a list is, where the phone was allowed to say where it is. Nothing is asked, nothing is sent.
// <ul data-module="field-distance" data-words="{m} m from here" data-words-km="{km} km from here">
//   <li data-lat data-lon>… <span data-distance hidden></span></li></ul>
import { followPlace, metres } from "./field-place.mjs";

export default function fieldDistance(list) {
  const { words, wordsKm } = list.dataset;
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  followPlace((here) => {
    for (const item of list.querySelectorAll("[data-lat]")) {
      const shown = item.querySelector("[data-distance]");
      if (!shown) continue;
      const far = metres(here, { lat: Number(item.dataset.lat), lon: Number(item.dataset.lon) });
      shown.textContent = far < 1000 ? words.replace("{m}", number.format(Math.round(far / 10) * 10)) : wordsKm.replace("{km}", number.format(far / 1000));
      shown.hidden = false;
    }
  });
}
