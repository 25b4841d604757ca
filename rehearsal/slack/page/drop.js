// Dropping files onto a pane.

/** Files dropped on `pane` go to take(files); while they hover the pane says so. */
export function dropZone(pane, take) {
  const over = (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    pane.classList.add("dropping");
  };
  pane.addEventListener("dragenter", over);
  pane.addEventListener("dragover", over);
  pane.addEventListener("dragleave", (event) => {
    if (!pane.contains(event.relatedTarget)) pane.classList.remove("dropping");
  });
  pane.addEventListener("drop", (event) => {
    event.preventDefault();
    pane.classList.remove("dropping");
    const files = [...event.dataTransfer.files];
    if (files.length > 0) take(files);
  });
}
