/** What a load test found: figures over rounds, ratios with targets, the machine; as text and as JSON. */
package io.decant.loadtest.report;
