// After a part of a page was exchanged, whoever works by keyboard or listens
// to the page is led to what is new: the element with data-focus in it.
document.addEventListener("htmx:afterSettle", (event) => {
  const part = event.target;
  if (part instanceof HTMLElement) part.querySelector<HTMLElement>("[data-focus]")?.focus();
});
export {};
