/** What `context.response` is: it keeps the last answer given. */
export class HttpResponse {
  header = new Headers();
  data = {};
  status = 200;

  json(data, status = 200) {
    this.data = data;
    this.status = status;
    return this;
  }
}
