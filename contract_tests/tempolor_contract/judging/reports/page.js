"use strict";
(() => {
  const form = document.getElementById("filter");
  const words = document.getElementById("words");
  const rules = [...document.querySelectorAll("details.rule")];
  const texts = rules.map((rule) => rule.textContent.toLowerCase());
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const apply = () => {
    const chosen = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rules.forEach((rule, index) => {
      const fits = chosen.has(rule.dataset.verdict) && wanted.every((word) => texts[index].includes(word));
      rule.hidden = !fits;
      shown += fits;
    });
    document.getElementById("shown").value = `${shown} of ${rules.length} rules`;
    document.getElementById("none").hidden = shown > 0;
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  apply();
})();
