import * as tf from '@tensorflow/tfjs-core';
import { selectBackend, NativeGraph } from '@lungseg/backend';
await selectBackend('native');
type N=any;
const S=[16,112,112,64];
async function bench(label:string, inShape:number[], step:(G:N,y:N,type:any,c:(v:any,s:number[])=>N)=>N){
  const out:string[]=[];
  for(const type of ['float32','bfloat16'] as const){
    const run:any={};
    for(const k of [1,4]){
      const G=new NativeGraph(inShape);
      const cast=(n:N,t:any=type)=>n.type===t?n:G.op('Cast',[n],{SrcT:{type:n.type},DstT:{type:t}},n.shape,t);
      const c=(v:any,s:number[])=>v instanceof Int32Array?G.constant(v,s):cast(G.constant(v,s));
      let y:N=cast(G.input);
      for(let i=0;i<k;i++) y=step(G,y,type,c);
      const sl=G.op('Slice',[y,G.constant(new Int32Array(4),[4]),G.constant(Int32Array.of(1,1,1,1),[4])],{T:{type},Index:{type:'int32'}},[1,1,1,1]);
      run[k]=await G.compile(cast(sl,'float32'));
    }
    const x=tf.randomNormal(inShape);
    const t=(g:any)=>{let best=1e9; for(let r=0;r<7;r++){const c=process.cpuUsage(); const y=g.run(x); y.dataSync(); y.dispose(); const u=process.cpuUsage(c); best=Math.min(best,(u.user+u.system)/1000);} return best;};
    out.push(((t(run[4])-t(run[1]))/3).toFixed(1)); run[1].dispose(); run[4].dispose(); x.dispose();
  }
  console.log(label.padEnd(40), out.join('  '));
}
const rnd=(s:number[])=>Float32Array.from({length:s.reduce((a,b)=>a*b,1)},()=>Math.random()*0.1+0.5);
const NH={data_format:{text:'NHWC'}};
const conv=(kh:number,kw:number,cin:number,cout:number,fuse=true)=>(G:N,y:N,type:any,c:N)=>{
  let z=y; const sh=[...y.shape.slice(0,3),cout];
  z=G.op('Conv2D',[z,c(rnd([kh,kw,y.shape[3],cout]),[kh,kw,y.shape[3],cout])],{T:{type},...NH,strides:{integers:[1,1,1,1]},padding:{text:'SAME'}},sh);
  if(fuse){z=G.op('BiasAdd',[z,c(rnd([cout]),[cout])],{T:{type},...NH},sh); z=G.op('Relu',[z],{T:{type}},sh);}
  return z;};
const which=process.argv.slice(2);
const tests:Record<string,[number[],any]>={

 'stem 3>64 (k chained 64>3)':[[32,224,224,3],(G:N,y:N,type:any,c:N)=>{let z=G.op('Conv2D',[y,c(rnd([7,7,3,64]),[7,7,3,64])],{T:{type},...NH,strides:{integers:[1,2,2,1]},padding:{text:'EXPLICIT'},explicit_paddings:{integers:[0,0,3,2,3,2,0,0]}},[32,112,112,64]); return G.op('Reshape',[G.op('Slice',[z,G.constant(new Int32Array(4),[4]),G.constant(Int32Array.of(32,112,112,12),[4])],{T:{type},Index:{type:'int32'}},[32,112,112,12]),G.constant(Int32Array.of(32,224,224,3),[4])],{T:{type},Tshape:{type:'int32'}},y.shape);}],
 'stem stack':[[1,32,50176,1],(G:N,y:N,type:any,c:N)=>{const p=G.op('Pad',[y,G.constant(Int32Array.of(0,0,1,1,0,0,0,0),[4,2])],{T:{type},Tpaddings:{type:'int32'}},[1,34,50176,1]); const sl=[0,1,2].map(q=>G.op('Slice',[p,G.constant(Int32Array.of(0,q,0,0),[4]),G.constant(Int32Array.of(1,32,50176,1),[4])],{T:{type},Index:{type:'int32'}},[1,32,50176,1])); const z=G.op('ConcatV2',[...sl,G.constant(Int32Array.of(3),[])],{T:{type},N:{integer:3},Tidx:{type:'int32'}},[1,32,50176,3]); return G.op('Slice',[z,G.constant(Int32Array.of(0,0,0,0),[4]),G.constant(Int32Array.of(1,32,50176,1),[4])],{T:{type},Index:{type:'int32'}},[1,32,50176,1]);}],
 'final conv 124>2 +2>124':[[16,112,112,124],(G:N,y:N,type:any,c:N)=>{const z=conv(3,3,124,2,false)(G,y,type,c); return conv(1,1,2,124,false)(G,z,type,c);}],
 'conv1x1 2>124':[[16,112,112,2],(G:N,y:N,type:any,c:N)=>{const z=conv(1,1,2,124,false)(G,y,type,c); return G.op('Slice',[z,G.constant(Int32Array.of(0,0,0,0),[4]),G.constant(Int32Array.of(16,112,112,2),[4])],{T:{type},Index:{type:'int32'}},[16,112,112,2])}],
 'resize final':[[16,112,112,2],(G:N,y:N,type:any,c:N)=>{let z=G.op('ResizeBilinear',[y,G.constant(Int32Array.of(224,224),[2])],{T:{type},align_corners:{bool:true}},[16,224,224,2],'float32'); z=G.op('Reshape',[z,G.constant(Int32Array.of(1,16,50176,2),[4])],{T:{type:'float32'},Tshape:{type:'int32'}},[1,16,50176,2]); z=G.op('ResizeBilinear',[z,G.constant(Int32Array.of(32,50176),[2])],{T:{type:'float32'},align_corners:{bool:true}},[1,32,50176,2],'float32'); z=G.op('Slice',[z,G.constant(Int32Array.of(0,0,0,0),[4]),G.constant(Int32Array.of(1,8,50176,2),[4])],{T:{type:'float32'},Index:{type:'int32'}},[1,8,50176,2]); z=G.op('Reshape',[z,G.constant(Int32Array.of(16,112,112,4),[4])],{T:{type:'float32'},Tshape:{type:'int32'}},[16,112,112,4]); z=G.op('Slice',[z,G.constant(Int32Array.of(0,0,0,0),[4]),G.constant(Int32Array.of(16,112,112,2),[4])],{T:{type:'float32'},Index:{type:'int32'}},[16,112,112,2]); if(type!=='float32') z=G.op('Cast',[z],{SrcT:{type:'float32'},DstT:{type}},z.shape,type); return z;}],
 'pool overlapping':[[16,112,112,64],(G:N,y:N,type:any,c:N)=>{const p=G.op('Pad',[y,G.constant(Int32Array.of(0,0,1,0,1,0,0,0),[4,2])],{T:{type},Tpaddings:{type:'int32'}},[16,113,113,64]); const q=G.op('MaxPool',[p],{T:{type},...NH,ksize:{integers:[1,3,3,1]},strides:{integers:[1,2,2,1]},padding:{text:'VALID'}},[16,56,56,64]); const r=G.op('Pad',[q,G.constant(Int32Array.of(0,0,0,56,0,56,0,0),[4,2])],{T:{type},Tpaddings:{type:'int32'}},[16,112,112,64]); return r;}],
 'bottleneck 1x1 256>64>256':[[8,56,56,256],(G:N,y:N,type:any,c:N)=>conv(1,1,64,256)(G,conv(1,1,256,64)(G,y,type,c),type,c)],
 'conv3x3 64>64 56':[[8,56,56,64],conv(3,3,64,64)],
 'conv3x3 512 7':[[1,7,7,512],conv(3,3,512,512)],
 'conv3x3 256 14':[[2,14,14,256],conv(3,3,256,256)],
 'conv1x1 2048>1024>2048':[[1,7,7,2048],(G:N,y:N,type:any,c:N)=>conv(1,1,1024,2048)(G,conv(1,1,2048,1024)(G,y,type,c),type,c)],
 'conv1x1 64>80>64':[[16,112,112,64],(G:N,y:N,type:any,c:N)=>conv(1,1,80,64)(G,conv(1,1,64,80)(G,y,type,c),type,c)],
 'conv1x1 84>80>84':[[16,112,112,84],(G:N,y:N,type:any,c:N)=>conv(1,1,80,84)(G,conv(1,1,84,80)(G,y,type,c),type,c)],
 'conv3x3 80>20 +1x1 20>80':[[16,112,112,80],(G:N,y:N,type:any,c:N)=>conv(1,1,20,80)(G,conv(3,3,80,20,false)(G,y,type,c),type,c)],
 'conv1x1 20>80 ':[[16,112,112,20],(G:N,y:N,type:any,c:N)=>{const z=conv(1,1,20,80,false)(G,y,type,c); return G.op('Slice',[z,G.constant(Int32Array.of(0,0,0,0),[4]),G.constant(Int32Array.of(16,112,112,20),[4])],{T:{type},Index:{type:'int32'}},[16,112,112,20])}],

'bn [16,112,112,84]':[[16,112,112,84],(G:N,y:N,type:any,c:N)=>{const f=(v:number)=>G.constant(new Float32Array(84).fill(v),[84]); const z=G.op('FusedBatchNormV3',[y,f(1),f(0.1),f(0),f(1)],{T:{type},U:{type:'float32'},...NH,epsilon:{float:0},is_training:{bool:false}},y.shape); return G.op('Relu',[z],{T:{type}},y.shape);}],
'bn [16,112,28,336]':[[16,112,28,336],(G:N,y:N,type:any,c:N)=>{const f=(v:number)=>G.constant(new Float32Array(336).fill(v),[336]); const z=G.op('FusedBatchNormV3',[y,f(1),f(0.1),f(0),f(1)],{T:{type},U:{type:'float32'},...NH,epsilon:{float:0},is_training:{bool:false}},y.shape); return G.op('Relu',[z],{T:{type}},y.shape);}],
'bn [16,112,14,672]':[[16,112,14,672],(G:N,y:N,type:any,c:N)=>{const f=(v:number)=>G.constant(new Float32Array(672).fill(v),[672]); const z=G.op('FusedBatchNormV3',[y,f(1),f(0.1),f(0),f(1)],{T:{type},U:{type:'float32'},...NH,epsilon:{float:0},is_training:{bool:false}},y.shape); return G.op('Relu',[z],{T:{type}},y.shape);}],
'bn [16,112,112,20]':[[16,112,112,20],(G:N,y:N,type:any,c:N)=>{const f=(v:number)=>G.constant(new Float32Array(20).fill(v),[20]); const z=G.op('FusedBatchNormV3',[y,f(1),f(0.1),f(0),f(1)],{T:{type},U:{type:'float32'},...NH,epsilon:{float:0},is_training:{bool:false}},y.shape); return G.op('Relu',[z],{T:{type}},y.shape);}],
'bn [16,112,28,80]':[[16,112,28,80],(G:N,y:N,type:any,c:N)=>{const f=(v:number)=>G.constant(new Float32Array(80).fill(v),[80]); const z=G.op('FusedBatchNormV3',[y,f(1),f(0.1),f(0),f(1)],{T:{type},U:{type:'float32'},...NH,epsilon:{float:0},is_training:{bool:false}},y.shape); return G.op('Relu',[z],{T:{type}},y.shape);}],
'bn [16,112,14,160]':[[16,112,14,160],(G:N,y:N,type:any,c:N)=>{const f=(v:number)=>G.constant(new Float32Array(160).fill(v),[160]); const z=G.op('FusedBatchNormV3',[y,f(1),f(0.1),f(0),f(1)],{T:{type},U:{type:'float32'},...NH,epsilon:{float:0},is_training:{bool:false}},y.shape); return G.op('Relu',[z],{T:{type}},y.shape);}],
'bn [16,112,112,80]':[[16,112,112,80],(G:N,y:N,type:any,c:N)=>{const f=(v:number)=>G.constant(new Float32Array(80).fill(v),[80]); const z=G.op('FusedBatchNormV3',[y,f(1),f(0.1),f(0),f(1)],{T:{type},U:{type:'float32'},...NH,epsilon:{float:0},is_training:{bool:false}},y.shape); return G.op('Relu',[z],{T:{type}},y.shape);}],
'bn [16,112,56,160]':[[16,112,56,160],(G:N,y:N,type:any,c:N)=>{const f=(v:number)=>G.constant(new Float32Array(160).fill(v),[160]); const z=G.op('FusedBatchNormV3',[y,f(1),f(0.1),f(0),f(1)],{T:{type},U:{type:'float32'},...NH,epsilon:{float:0},is_training:{bool:false}},y.shape); return G.op('Relu',[z],{T:{type}},y.shape);}],
'bn [16,112,56,208]':[[16,112,56,208],(G:N,y:N,type:any,c:N)=>{const f=(v:number)=>G.constant(new Float32Array(208).fill(v),[208]); const z=G.op('FusedBatchNormV3',[y,f(1),f(0.1),f(0),f(1)],{T:{type},U:{type:'float32'},...NH,epsilon:{float:0},is_training:{bool:false}},y.shape); return G.op('Relu',[z],{T:{type}},y.shape);}],
'bn [16,112,28,416]':[[16,112,28,416],(G:N,y:N,type:any,c:N)=>{const f=(v:number)=>G.constant(new Float32Array(416).fill(v),[416]); const z=G.op('FusedBatchNormV3',[y,f(1),f(0.1),f(0),f(1)],{T:{type},U:{type:'float32'},...NH,epsilon:{float:0},is_training:{bool:false}},y.shape); return G.op('Relu',[z],{T:{type}},y.shape);}],
'bn [16,112,112,24]':[[16,112,112,24],(G:N,y:N,type:any,c:N)=>{const f=(v:number)=>G.constant(new Float32Array(24).fill(v),[24]); const z=G.op('FusedBatchNormV3',[y,f(1),f(0.1),f(0),f(1)],{T:{type},U:{type:'float32'},...NH,epsilon:{float:0},is_training:{bool:false}},y.shape); return G.op('Relu',[z],{T:{type}},y.shape);}],
'bn [16,112,56,48]':[[16,112,56,48],(G:N,y:N,type:any,c:N)=>{const f=(v:number)=>G.constant(new Float32Array(48).fill(v),[48]); const z=G.op('FusedBatchNormV3',[y,f(1),f(0.1),f(0),f(1)],{T:{type},U:{type:'float32'},...NH,epsilon:{float:0},is_training:{bool:false}},y.shape); return G.op('Relu',[z],{T:{type}},y.shape);}],

 'conv3x3 20>20':[[16,112,112,20],conv(3,3,20,20)],
 'conv3x3 24>24':[[16,112,112,24],conv(3,3,24,24)],
 'conv3x3 32>32':[[16,112,112,32],conv(3,3,32,32)],
 'conv1x3 20>20':[[1,16,12544,20],conv(3,1,20,20)],
 'conv1x1 20>20':[[16,112,112,20],conv(1,1,20,20,false)],
 'conv1x1 64>64':[S,conv(1,1,64,64)],
 'conv3x3 80>80':[[16,112,112,80],conv(3,3,80,80)],
 'conv1x1 80>80':[[16,112,112,80],conv(1,1,80,80)],
 'bn+relu 64':[S,(G:N,y:N,type:any,c:N)=>{const f=(v:number)=>G.constant(new Float32Array(64).fill(v),[64]); const z=G.op('FusedBatchNormV3',[y,f(1),f(0.1),f(0),f(1)],{T:{type},U:{type:'float32'},...NH,epsilon:{float:0},is_training:{bool:false}},y.shape); return G.op('Relu',[z],{T:{type}},y.shape);}],
 'bn+relu 84':[[16,112,112,84],(G:N,y:N,type:any,c:N)=>{const f=(v:number)=>G.constant(new Float32Array(84).fill(v),[84]); const z=G.op('FusedBatchNormV3',[y,f(1),f(0.1),f(0),f(1)],{T:{type},U:{type:'float32'},...NH,epsilon:{float:0},is_training:{bool:false}},y.shape); return G.op('Relu',[z],{T:{type}},y.shape);}],
 'add+relu':[S,(G:N,y:N,type:any)=>{const a=G.op('Neg',[y],{T:{type}},y.shape); return G.op('AddV2',[y,a],{T:{type}},y.shape);}],
 'relu':[S,(G:N,y:N,type:any)=>G.op('Neg',[y],{T:{type}},y.shape)],
 'concat64+20+slice':[S,(G:N,y:N,type:any)=>{const sl=G.op('Slice',[y,G.constant(new Int32Array(4),[4]),G.constant(Int32Array.of(16,112,112,20),[4])],{T:{type},Index:{type:'int32'}},[16,112,112,20]); const z=G.op('ConcatV2',[y,sl,G.constant(Int32Array.of(3),[])],{T:{type},N:{integer:2},Tidx:{type:'int32'}},[16,112,112,84]); return G.op('Slice',[z,G.constant(new Int32Array(4),[4]),G.constant(Int32Array.of(16,112,112,64),[4])],{T:{type},Index:{type:'int32'}},y.shape);}],
 'slice 64':[[16,112,112,84],(G:N,y:N,type:any)=>{const z=G.op('Slice',[y,G.constant(new Int32Array(4),[4]),G.constant(Int32Array.of(16,112,112,84),[4])],{T:{type},Index:{type:'int32'}},y.shape);return G.op('Neg',[z],{T:{type}},y.shape)}],
 'maxpool3x3 s1':[S,(G:N,y:N,type:any)=>G.op('MaxPool',[y],{T:{type},...NH,ksize:{integers:[1,3,3,1]},strides:{integers:[1,1,1,1]},padding:{text:'SAME'}},y.shape)],
 'maxpool2x1':[[32,112,112,64],(G:N,y:N,type:any)=>{const p=G.op('MaxPool',[y],{T:{type},...NH,ksize:{integers:[1,2,1,1]},strides:{integers:[1,2,1,1]},padding:{text:'VALID'}},[32,56,112,64]); return G.op('ConcatV2',[p,p,G.constant(Int32Array.of(1),[])],{T:{type},N:{integer:2},Tidx:{type:'int32'}},y.shape);}],
 'resize plane 2x (and slice)':[[8,56,56,64],(G:N,y:N,type:any)=>{let z=G.op('ResizeBilinear',[y,G.constant(Int32Array.of(112,112),[2])],{T:{type},align_corners:{bool:true}},[8,112,112,64],'float32'); if(type!=='float32') z=G.op('Cast',[z],{SrcT:{type:'float32'},DstT:{type}},z.shape,type); return G.op('Slice',[z,G.constant(new Int32Array(4),[4]),G.constant(Int32Array.of(8,56,56,64),[4])],{T:{type},Index:{type:'int32'}},y.shape);}],
 'resize depth 2x (and slice)':[[1,8,12544,64],(G:N,y:N,type:any)=>{let z=G.op('ResizeBilinear',[y,G.constant(Int32Array.of(16,12544),[2])],{T:{type},align_corners:{bool:true}},[1,16,12544,64],'float32'); if(type!=='float32') z=G.op('Cast',[z],{SrcT:{type:'float32'},DstT:{type}},z.shape,type); return G.op('Slice',[z,G.constant(new Int32Array(4),[4]),G.constant(Int32Array.of(1,8,12544,64),[4])],{T:{type},Index:{type:'int32'}},y.shape);}],
 'matmul depth 2x (and slice)':[[1,1,8,802816],(G:N,y:N,type:any,c:N)=>{let z=G.op('BatchMatMulV2',[c(rnd([1,1,16,8]),[1,1,16,8]),y],{T:{type}},[1,1,16,802816]); return G.op('Slice',[z,G.constant(new Int32Array(4),[4]),G.constant(Int32Array.of(1,1,8,802816),[4])],{T:{type},Index:{type:'int32'}},y.shape);}],
 'conv depth 2x (and slice)':[[1,8,12544,64],(G:N,y:N,type:any,c:N)=>{const r=G.op('Reshape',[y,G.constant(Int32Array.of(1,8,802816,1),[4])],{T:{type},Tshape:{type:'int32'}},[1,8,802816,1]); return y;}],
 'matmul rows 2x (slice)':[[1,8,56,56*64],(G:N,y:N,type:any,c:N)=>{let z=G.op('BatchMatMulV2',[c(rnd([1,1,112,56]),[1,1,112,56]),y],{T:{type}},[1,8,112,3584]); return G.op('Slice',[z,G.constant(new Int32Array(4),[4]),G.constant(Int32Array.of(1,8,56,3584),[4])],{T:{type},Index:{type:'int32'}},y.shape);}],
 'matmul cols 2x (slice)':[[8,112,56,64],(G:N,y:N,type:any,c:N)=>{let z=G.op('BatchMatMulV2',[c(rnd([1,1,112,56]),[1,1,112,56]),y],{T:{type}},[8,112,112,64]); return G.op('Slice',[z,G.constant(new Int32Array(4),[4]),G.constant(Int32Array.of(8,112,56,64),[4])],{T:{type},Index:{type:'int32'}},y.shape);}],
};
for(const [k,[s,f]] of Object.entries(tests)) if(which.length===0||which.some(w=>k.includes(w))) await bench(k,s,f);
