// The reader of the API's document, started from a file so that no page holds a script.
window.addEventListener("load", function () {
  window.SwaggerUIBundle({ url: "/api/v1/openapi.json", dom_id: "#reader", deepLinking: true });
});
