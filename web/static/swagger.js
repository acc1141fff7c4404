// The reader of the API's document, started from a file so that no page holds a script.
window.addEventListener("load", function () {
  // Groups closed: the list is long, and a reader of it opens the group of interest.
  window.SwaggerUIBundle({
    url: "/api/v1/openapi.json",
    dom_id: "#reader",
    deepLinking: true,
    docExpansion: "none",
  });
});
