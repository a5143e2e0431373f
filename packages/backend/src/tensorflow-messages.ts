import protobuf from 'protobufjs';

/**
 * The parts of TensorFlow's messages that a graph of ours needs.
 *
 * @see https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core/protobuf/saved_model.proto and the
 *   framework's graph.proto, node_def.proto, attr_value.proto, tensor.proto
 */
const SOURCE = `
syntax = "proto3";
message SavedModel { int64 saved_model_schema_version = 1; repeated MetaGraphDef meta_graphs = 2; }
message MetaGraphDef { MetaInfoDef meta_info_def = 1; GraphDef graph_def = 2; }
message MetaInfoDef { repeated string tags = 4; }
message GraphDef { repeated NodeDef node = 1; VersionDef versions = 4; }
message VersionDef { int32 producer = 1; int32 min_consumer = 2; }
message NodeDef { string name = 1; string op = 2; repeated string input = 3; map<string, AttrValue> attr = 5; }
message AttrValue {
  message ListValue { repeated bytes s = 2; repeated int64 i = 3 [packed = true]; }
  oneof value {
    ListValue list = 1; bytes s = 2; int64 i = 3; float f = 4; bool b = 5;
    int32 type = 6; TensorShapeProto shape = 7; TensorProto tensor = 8;
  }
}
message TensorShapeProto { message Dim { int64 size = 1; } repeated Dim dim = 2; }
message TensorProto { int32 dtype = 1; TensorShapeProto tensor_shape = 2; bytes tensor_content = 4; }
`;

/** TensorFlow's SavedModel. */
export const SavedModel = protobuf.parse(SOURCE, { keepCase: true }).root.lookupType('SavedModel');
