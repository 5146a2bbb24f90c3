package io.decant.ingest.cli;

import io.decant.offload.capacity.Resources;
import io.decant.offload.capacity.StandaloneCapacity;
import io.decant.offload.capacity.StorageCapacity;
import io.decant.offload.capacity.StorageCapacity.StorageNode;
import io.decant.offload.capacity.YarnCapacity;
import io.decant.offload.capacity.YarnCapacity.NodeCapacity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Capacities as tables that fit a terminal of 80 columns. */
final class CapacityText {

    private static final String STORAGE_ROW = "  %-32s %14s %14s";
    private static final String YARN_ROW = "  %-32s %12s %12s %7s %6s";
    private static final double GIBIBYTE = 1L << 30;

    private CapacityText() {}

    /** A line a datanode, and what all have. */
    static List<String> storage(StorageCapacity storage) {
        List<String> lines = new ArrayList<>();
        lines.add(format(STORAGE_ROW, "node", "storage", "free"));
        for (StorageNode node : storage.nodes()) {
            lines.add(format(STORAGE_ROW, node.name(), gibibytes(node.capacityBytes()), gibibytes(node.freeBytes())));
        }
        lines.add(format(
                STORAGE_ROW,
                inAll(storage.nodes().size()),
                gibibytes(storage.capacityBytes()),
                gibibytes(storage.freeBytes())));
        return lines;
    }

    /** A line a node, and what all have. */
    static List<String> yarn(YarnCapacity yarn) {
        List<String> lines = new ArrayList<>();
        lines.add(format(YARN_ROW, "node", "memory", "free", "vcores", "free"));
        for (NodeCapacity node : yarn.nodes()) {
            lines.add(row(node.name(), node.total(), node.free()));
        }
        lines.add(row(inAll(yarn.nodes().size()), yarn.total(), yarn.free()));
        return lines;
    }

    /** A line a worker, and what all have. */
    static List<String> standalone(StandaloneCapacity cluster) {
        List<String> lines = new ArrayList<>();
        lines.add(format(YARN_ROW, "worker", "memory", "free", "cores", "free"));
        for (NodeCapacity worker : cluster.workers()) {
            lines.add(row(worker.name(), worker.total(), worker.free()));
        }
        int workers = cluster.workers().size();
        lines.add(row(
                workers == 0 ? "in all" : "in all, " + counted(workers, "worker"), cluster.total(), cluster.free()));
        return lines;
    }

    /** {@code 2,048 MiB, 2 cores}: of a standalone cluster, which counts real ones. */
    static String cores(Resources resources) {
        return mebibytes(resources) + ", " + counted(resources.vcores(), "core");
    }

    /** {@code 2,816 MiB, 2 vcores}. */
    static String resources(Resources resources) {
        return mebibytes(resources) + ", " + counted(resources.vcores(), "vcore");
    }

    /** {@code 1 task}, {@code 12 tasks}. */
    static String counted(long count, String noun) {
        return String.format(Locale.ROOT, "%,d %s%s", count, noun, count == 1 ? "" : "s");
    }

    private static String row(String name, Resources total, Resources free) {
        return format(YARN_ROW, name, mebibytes(total), mebibytes(free), total.vcores(), free.vcores());
    }

    private static String inAll(int nodes) {
        return nodes == 0 ? "in all" : "in all, " + counted(nodes, "node");
    }

    private static String mebibytes(Resources resources) {
        return String.format(Locale.ROOT, "%,d MiB", resources.mebibytes());
    }

    private static String gibibytes(long bytes) {
        return String.format(Locale.ROOT, "%,.1f GiB", bytes / GIBIBYTE);
    }

    private static String format(String row, Object... cells) {
        return String.format(Locale.ROOT, row, cells);
    }
}
