// The portal's behaviour that is not the live view: the menu on small screens (Tabler), the player, filters.
import "@tabler/core/dist/js/tabler.esm.js";
import "./_player.js";

// A preset chooses the days; what stands in the date fields would contradict it.
for (const form of document.querySelectorAll("[data-filters]")) {
  form.addEventListener("submit", (event) => {
    const preset = event.submitter?.name === "period";
    for (const field of form.elements) {
      const wholeDay = (field.name === "from_time" && field.value === "00:00") || (field.name === "to_time" && field.value === "23:59");
      if ((preset && ["from", "to"].includes(field.name)) || wholeDay || (field.name && field.value === "")) field.disabled = true;
    }
    setTimeout(() => [...form.elements].forEach((field) => { field.disabled = false; }));
  });
}

// A row that opens: what it holds stands in the row after it.
for (const button of document.querySelectorAll("[data-opens]")) {
  const content = document.getElementById(button.getAttribute("aria-controls"));
  button.addEventListener("click", () => {
    content.hidden = !content.hidden;
    button.setAttribute("aria-expanded", String(!content.hidden));
  });
}

for (const link of document.querySelectorAll("[data-back]")) {
  link.addEventListener("click", (event) => {
    if (document.referrer.startsWith(`${location.origin}/history/`)) {
      event.preventDefault();
      history.back();
    }
  });
}
