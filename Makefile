# The targets of Nova. `make` alone explains them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MVN := tools/mvn

.PHONY: help deps build run demo test test-unit test-it fmt lint docs fuzz bench soak clean dist \
  cluster cluster-stop cluster-test image migrate up down logs topics

COMPOSE := docker compose --project-directory deploy/compose

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

deps: ## Install the tools the tests need (ffmpeg, Chromium, PostgreSQL, GStreamer), or name them
	@tools/install-test-deps test

build: ## Build what ./nova runs
	@tools/build-app

run: ## Run the server: ./nova start
	@./nova start

demo: ## Run the server with a test pattern on air: ./nova demo
	@./nova demo

test: deps ## Run all tests, in one pass over the modules
	$(MVN) verify

test-unit: ## Run the unit tests
	$(MVN) test

test-it: ## Run the integration and end-to-end tests
	$(MVN) verify -DskipUnitTests=true

fmt: ## Format the sources
	$(MVN) -q spotless:apply

lint: ## Check format, compile with all checks, check the shell scripts
	for script in nova .ci/run tools/*; do [[ $$(head -c 19 "$$script") != '#!/usr/bin/env bash' ]] || bash -n "$$script"; done
	$(MVN) spotless:check test-compile

docs: ## Write docs/configuration.md from the configuration records
	$(MVN) -q -pl app -am test -Dtest=ConfigurationDocTest -Dsurefire.failIfNoSpecifiedTests=false -Dgolden.update=true

fuzz: ## Attack the readers of what peers send with Jazzer; FUZZ_SECONDS=20 each, FUZZ="chunks amf" chooses
	@tools/run-fuzz $(FUZZ)

bench: ## Measure beside nginx and print ratios; BENCH="publishers waiters" chooses, BENCH=--help explains
	@tools/install-test-deps bench
	@tools/run-bench $(BENCH)

soak: ## See whether server and workers grow over an hour of media, in 8 minutes; SOAK="--media-minutes 30", SOAK=--help
	@tools/install-test-deps soak
	@tools/run-bench soak $(SOAK)

cluster: ## Run several services with Kafka, Redis and PostgreSQL on this machine, in the background
	@tools/run-cluster start

cluster-stop: ## End what `make cluster` started
	@tools/run-cluster stop

cluster-test: ## Run the end-to-end suites on a cluster on this machine, then break it in 15 ways, 17 minutes; FAILURES="redis kafka" chooses
	@tools/install-test-deps test cluster
	@tools/run-cluster-test $(FAILURES)

image: ## Build the container image nova:latest, with Docker
	docker build --tag nova:latest .

up: ## Start all services with Docker Compose; deploy/compose/README.md explains
	$(COMPOSE) up --detach --wait

down: ## Stop them; what is stored stays
	$(COMPOSE) down

logs: ## Follow their logs
	$(COMPOSE) logs --follow --tail 100

topics: ## Show their Kafka topics
	$(COMPOSE) exec kafka /opt/kafka/bin/kafka-topics.sh --bootstrap-server localhost:9092 --describe

migrate: ## Bring their database to the version of the services
	$(COMPOSE) run --rm migrate

clean: ## Delete everything that was built
	rm -rf target */target dist

dist: ## Pack an archive that needs only a JDK: dist/nova-<version>.tar.gz
	@tools/make-dist
