/** Every controller whose file was loaded, in order. */
export const routes = [];

const method = (name) => (path, config) => (controller) => {
  routes.push({ ...config, method: name, path, controller });
};

export const Route = {
  get: method("GET"),
  post: method("POST"),
  put: method("PUT"),
  patch: method("PATCH"),
  delete: method("DELETE"),
};
