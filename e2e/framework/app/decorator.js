/** The classes that `@decorator.app.event.start()` stands above. */
export const startEvents = new Set();

export const decorator = {
  app: {
    event: {
      start: () => (target) => {
        startEvents.add(target);
      },
    },
  },
};
