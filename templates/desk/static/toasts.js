// An offer to undo stays as long as it can be taken.

/** Take each offer away when its time is over. */
export function startToasts(toasts) {
  for (const toast of toasts.querySelectorAll("[data-left]")) {
    setTimeout(() => toast.remove(), Number(toast.dataset.left) * 1000);
  }
}
