// Opens a native dialog. <a href="/same/without/script" data-module="dialog" data-dialog="dialog-id">: without JavaScript the link is followed.
// Inside, <button type="button" data-close> closes; Esc and the backdrop do too; the focus returns.
export default function dialog(opener) {
  const box = document.getElementById(opener.dataset.dialog || "");
  if (!box?.showModal) return;
  opener.setAttribute("aria-haspopup", "dialog");
  opener.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    open(box);
  });
}

export function open(box) {
  if (box.open) return;
  if (!box.dataset.wired) {
    box.dataset.wired = "1";
    box.addEventListener("click", (event) => {
      if (event.target === box || event.target.closest("[data-close]")) box.close();
    });
  }
  box.showModal();
}
