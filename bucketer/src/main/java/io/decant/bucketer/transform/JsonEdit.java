package io.decant.bucketer.transform;

/**
 * A stage that copies JSON text and changes some places of it on the way. Where it changes nothing, the value goes on
 * as it is.
 */
abstract class JsonEdit extends JsonStage {

    private BuildMemory build;
    private long copied;
    private boolean changed;

    JsonEdit(Workspace workspace, PointerNode.Walk root) {
        super(workspace, root);
    }

    @Override
    void apply(long address, int length) {
        build = build();
        copied = address;
        changed = false;
        edit(address, length);
        if (changed) {
            build.copy(copied, end() - copied);
            emitBuilt();
        } else {
            build.cancel();
            emit(address, length);
        }
    }

    /** Reads the value and changes places of it, in the order of the text. */
    void edit(long address, int length) {
        read(address, length);
    }

    /** Leaves out what lies from {@code from} to {@code to}; what is put next stands there instead. */
    final BuildMemory replace(long from, long to) {
        changed = true;
        build.copy(copied, from - copied);
        copied = to;
        return build;
    }
}
