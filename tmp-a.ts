import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from '@lungseg/backend';
import { NativeGraph } from './packages/backend/src/native-graph.ts';
await selectBackend('native');
const shape=[16,112,112,64];
const x = tf.randomNormal(shape) as tf.Tensor4D;
const w = tf.randomNormal([3,3,64,64],0,0.05) as tf.Tensor4D;
const v = (s:number)=>tf.randomUniform([64],0.5,1.5,'float32',s) as tf.Tensor1D;
const [g,b,m,va]=[v(1),v(2),v(3),v(4)];
async function build(type:'float32'|'bfloat16', fused:boolean){
  const G = new NativeGraph(shape);
  const c=(t:tf.Tensor)=>{const n=G.constant(t.dataSync() as Float32Array,t.shape); return n};
  const cast=(n:any)=>type==='float32'?n:G.op('Cast',[n],{SrcT:{type:'float32'},DstT:{type}},n.shape,type);
  let y=cast(G.input);
  for(let i=0;i<3;i++){
  y=G.op('FusedBatchNormV3',[y,c(g),c(b),c(m),c(va)],{T:{type},U:{type:'float32'},epsilon:{float:1e-5},is_training:{bool:false},data_format:{text:'NHWC'}},shape);
  y=G.op('Relu',[y],{T:{type}},shape);
  y=G.op('Conv2D',[y,cast(c(w))],{T:{type},strides:{integers:[1,1,1,1]},padding:{text:'SAME'},data_format:{text:'NHWC'}},shape);
  y=G.op('BiasAdd',[y,cast(c(b))],{T:{type},data_format:{text:'NHWC'}},shape);
  y=G.op('Relu',[y],{T:{type}},shape);
  }
  if(type!=='float32') y=G.op('Cast',[y],{SrcT:{type},DstT:{type:'float32'}},shape,'float32');
  return G.compile(y);
}
const g32=await build('float32',true), g16=await build('bfloat16',true);
const eager=()=>tf.tidy(()=>{let y:any=x; for(let i=0;i<3;i++){y=tf.relu(tf.batchNorm(y,m,va,b,g,1e-5)); y=tf.relu(tf.add(tf.conv2d(y,w,1,'same'),b));} return y});
const time=(f:()=>tf.Tensor)=>{const c=process.cpuUsage(); const t=performance.now(); const y=f(); y.dataSync(); y.dispose(); const u=process.cpuUsage(c); return `${(performance.now()-t).toFixed(0)}/${(u.user/1000).toFixed(0)}/${(u.system/1000).toFixed(0)}`};
const [a,bb,cc]=[eager(),g32.run(x),g16.run(x)];
console.log('max', tf.max(tf.abs(a)).dataSync()[0], 'diff32', tf.max(tf.abs(tf.sub(a,bb))).dataSync()[0],'diff16', tf.max(tf.abs(tf.sub(a,cc))).dataSync()[0]);
for(let k=0;k<1;k++) console.log(time(eager),time(()=>g32.run(x)),time(()=>g16.run(x)));
