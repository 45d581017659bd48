"use strict";
// Shows one of the two documents. Both are on this address, so "Try it out" needs no CORS.
addEventListener("DOMContentLoaded", () => {
  const wanted = new URLSearchParams(location.search).get("document") === "control" ? 1 : 0;
  const link = document.querySelectorAll("nav a[data-document]")[wanted];
  link.setAttribute("aria-current", "page");
  SwaggerUIBundle({
    url: link.dataset.document,
    dom_id: "#swagger-ui",
    deepLinking: true,
    persistAuthorization: false,
    tryItOutEnabled: true,
    validatorUrl: null,
  });
});
